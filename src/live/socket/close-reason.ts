const maxBytes = 123; // what a close frame has room for, RFC 6455 section 5.5.1; `ws` throws for more

/** As much of the text, in whole characters, as a close frame takes. */
export function closeReason(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}

/**
 * The currencies of ISO 4217 that accounts can be held in, by the digits after their point. Units of account, precious
 * metals and codes for tests are none. A code never goes from here: accounts may be in it.
 */
import { wrongArgument } from '../../platform/errors.ts';

const codesByDigits = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'],
  [
    2,
    `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP
     CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
     KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK
     NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
     TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
] as const;

const digits = new Map(
  codesByDigits.flatMap(([count, codes]) => codes.split(/\s+/).map((code) => [code, count] as const)),
);

/** Throws BAD_USER_INPUT unless accounts can be held in it. */
export function checkCurrency(code: string): void {
  if (digits.has(code)) return;
  throw wrongArgument('currency', 'must be the ISO 4217 code of a currency in capital letters, such as EUR.');
}

/** Digits after the point. Throws for what `checkCurrency` refuses. */
export function minorUnitDigits(code: string): number {
  const count = digits.get(code);
  if (count === undefined) throw new Error(`"${code}" is no currency of accounts`);
  return count;
}

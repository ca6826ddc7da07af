/** The last of the search path, which is the domains' schema: what an installation is known by in its database. */
export const installation = '(current_schemas(false))[array_length(current_schemas(false), 1)]';

/**
 * The key of a lock that is known by a name, in SQL: another for each installation, so that those in one database do not
 * meet. In `public` it is the name's alone, as older code has it.
 */
export const lockKey = (name: string): string =>
  `hashtext(CASE ${installation} WHEN 'public' THEN '' ELSE ${installation} || '/' END || ${name})`;

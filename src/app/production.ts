/** Imported before all else by whatever runs a role or a command. */
import { enableCompileCache } from 'node:module';

// graphql-js looks once, when it is loaded, and checks every value twice outside production
process.env.NODE_ENV ??= 'production';

// what is imported from here on is compiled once on a machine, and not at each start: a role starts with half of the work.
// Where its folder (NODE_COMPILE_CACHE, or one for temporary files) cannot be written, everything is as without
enableCompileCache();

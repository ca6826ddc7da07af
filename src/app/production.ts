/** Imported before all else: graphql-js looks once, when it is loaded, and checks every value twice outside production. */
process.env.NODE_ENV ??= 'production';

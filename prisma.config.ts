import { defineConfig } from 'prisma/config';

/** Where Prisma finds the models and the migrations. The database itself is named by DATABASE_URL at run time. */
export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
});

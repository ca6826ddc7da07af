/**
 * The direction of imports, checked by `npm run depcruise`. TypeScript 7 has no JavaScript API, so that the sources are
 * parsed by swc; imports of types count like any other.
 */
import { Visitor } from '@swc/core/Visitor.js';

// swc's visitor does not know `using` yet; to it, one is a declaration of variables like any other
const { visitStatement } = Visitor.prototype;
Visitor.prototype.visitStatement = function (statement) {
  return statement.type === 'UsingDeclaration'
    ? { ...statement, declarations: this.visitVariableDeclarators(statement.decls) }
    : visitStatement.call(this, statement);
};

/** Each folder of src, and what it may import beside itself. `app` composes everything. */
const allowed = {
  generated: [],
  // the generated types name what the resolvers work with
  schema: ['events', 'generated', 'resolvers/(context|resolver-module)\\.ts'],
  events: [],
  platform: ['generated'],
  outbox: ['events', 'platform', 'generated'],
  history: ['events', 'outbox', 'platform', 'generated'],
  sagas: ['events', 'outbox', 'platform', 'generated'],
  log: ['events', 'outbox', 'platform'],
  relay: ['events', 'outbox', 'log', 'platform'],
  domains: ['events', 'outbox', 'history', 'sagas', 'generated', 'platform/errors\\.ts'],
  workers: ['domains', 'events', 'outbox', 'history', 'sagas', 'log', 'platform', 'generated'],
  operations: ['events', 'outbox', 'log', 'platform', 'workers', 'generated'],
  http: ['platform'],
  live: ['events', 'http', 'outbox', 'log', 'platform', 'schema'],
  playground: ['platform', 'http'],
  resolvers: [
    'schema',
    'domains',
    'history',
    'live',
    'operations',
    'events',
    'outbox',
    'log',
    'platform',
    'generated',
  ],
};

const directions = Object.entries(allowed).map(([folder, others]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import from src: ${[folder, ...others].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: [folder, ...others].map((other) => `^src/${other}(/|$)`) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...directions,
    {
      name: 'every-folder-has-a-direction',
      comment: 'A new folder of src needs a line in the table above',
      severity: 'error',
      from: { path: `^src/(?!(${Object.keys(allowed).join('|')}|app)/)` },
      to: {},
    },
    {
      name: 'events-are-pure',
      comment: 'Event definitions are shared with clients and tools: zod is all they need',
      severity: 'error',
      from: { path: '^src/events/' },
      to: { pathNot: ['^src/', '(^|/)node_modules/zod/'] },
    },
    {
      name: 'domains-are-apart',
      comment: 'Domains know each other by their events only, which workers react to',
      severity: 'error',
      from: { path: '^src/domains/([^/]+)/' },
      to: { path: '^src/domains/', pathNot: '^src/domains/($1/|[^/]+$)' },
    },
    {
      name: 'src-stands-alone',
      comment: 'What runs in production imports nothing of the development tree',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(dev|demo|bench|chaos|conditions|test|client|playground)/' },
    },
    {
      name: 'client-stands-alone',
      comment: 'It runs in other programs, browsers among them: graphql-ws is all that it needs',
      severity: 'error',
      from: { path: '^client/', pathNot: '^client/examples/' },
      to: { pathNot: ['^client/', '(^|/)node_modules/graphql-ws/'] },
    },
    {
      name: 'playground-stands-alone',
      comment: 'It runs in browsers, which get each module that it imports: what they load is said here',
      severity: 'error',
      from: { path: '^playground/' },
      to: {
        pathNot: ['^(playground|client)/', '(^|/)node_modules/(@codemirror|@lezer)/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'src-needs-no-dev-dependency',
      comment: 'It would be missing after "npm ci --omit=dev"',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circular',
      comment: 'Two files that need each other answer one question: join them, or move what both need',
      severity: 'error',
      from: { pathNot: '^src/generated/' },
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'The import leads nowhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing imports it and it imports nothing: dead code',
      severity: 'error',
      from: { orphan: true, path: '^(src|dev)/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: ['node_modules', '^src/generated/'] },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mts', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'require', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};

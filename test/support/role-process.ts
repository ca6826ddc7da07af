export {
  type LogLine,
  type Role,
  type RoleExit,
  type RoleProcess,
  spawnRole,
} from '../../dev/role-process.ts';

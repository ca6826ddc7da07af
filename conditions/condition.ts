/** Somebody else's servers, as one condition makes them, and what is right on them. */
import type { Role, RoleProcess } from '../dev/role-process.ts';

export interface Condition {
  /** In a few words, as the table shows it */
  readonly name: string;
  /** That the job is done, or what every role says when it refuses to start */
  readonly right: 'works' | RegExp;
  /** `npm run migrate` refuses with the same words */
  readonly refusesMigrate?: boolean;
  /** Makes the servers. What it opens goes to the stack, and is closed when the condition is over. */
  prepare(setup: AsyncDisposableStack): Promise<Surroundings>;
}

export interface Surroundings {
  /** What every role and command is given: DATABASE_URL, REDIS_URL and whatever else */
  readonly env: Readonly<Record<string, string>>;
  /** What one role is given beside */
  readonly own?: Partial<Readonly<Record<Role, Readonly<Record<string, string>>>>>;
  /** Arguments of a role, such as `--only` of a worker */
  readonly args?: Partial<Readonly<Record<Role, readonly string[]>>>;
  /** The same database by a superuser's URL, past whatever stands in front of it: there the truth is looked at */
  readonly truthUrl: string;
  /** The database is there and migrated: the job does not do it */
  readonly isMigrated?: boolean;
  /** Where clients find the api; by default at its own address */
  readonly front?: (apiUrl: string, stage: Stage) => Promise<string>;
  /** Happens while the job is done; the job goes on until it is over */
  readonly during?: (stage: Stage) => Promise<void>;
  /** Looked at when the job is done: throws when something is not right that the job does not look at */
  readonly afterwards?: (stage: Stage) => Promise<void>;
}

/** The processes of a job that is under way. */
export interface Stage {
  readonly roles: Readonly<Record<Role, RoleProcess>>;
  /** Starts another process with the condition's environment; it is ended with the job. */
  spawn(role: Role, args?: readonly string[], env?: Readonly<Record<string, string>>): RoleProcess;
}

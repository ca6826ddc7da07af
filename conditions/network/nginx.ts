import { freePort } from '../../dev/free-port.ts';
import { startNginx } from '../../dev/nginx.ts';
import type { Condition } from '../condition.ts';
import { postgresWith, redisWith } from '../servers.ts';

/** Set as docs/operations.md has it. One of the two is stopped while clients are connected to both. */
export const behindNginx: Condition = {
  name: 'two apis behind nginx, of which one goes',
  right: 'works',
  async prepare(setup) {
    const url = (await postgresWith(setup)).url();
    let going: { stop(): Promise<unknown> } | undefined;
    return {
      env: { DATABASE_URL: url, REDIS_URL: (await redisWith(setup)).url },
      truthUrl: url,
      async front(apiUrl, { spawn }) {
        const port = await freePort();
        const other = spawn('api', [], { PORT: String(port), PRESTOP_MS: '500' });
        await other.waitForLog('api.started');
        going = other;
        const nginx = setup.use(await startNginx([Number(new URL(apiUrl).port), port]));
        return `${nginx.url}/graphql`;
      },
      during: async () => void (await going?.stop()),
    };
  },
};

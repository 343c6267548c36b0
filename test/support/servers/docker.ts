import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { waitForAnswer } from './ask.ts';
import { Unavailable, type EngineName, type Server, type Way } from './engine.ts';
import { whenWeEnd } from './keeper.ts';
import { output, runLoudly } from './run.ts';

interface Container {
  engine: EngineName;
  image: string;
  port: number;
  passwordVariable: string;
  url(password: string, port: string): string;
  settings(durable: boolean): string[];
}

/** A container that is removed when the run ends, however it ends. */
export function dockerWay(container: Container): Way {
  const { engine, image } = container;
  return {
    name: `Docker (${image})`,
    async start({ log, durable }): Promise<Server> {
      if ((await output('docker', ['info'])) === undefined) throw new Unavailable('no Docker engine answers');
      if ((await output('docker', ['image', 'inspect', image])) === undefined) {
        log(`pulling ${image}`);
        await runLoudly('docker', ['pull', image], (line) => line.includes('Pull complete') && log(line));
      }
      const name = `keybank-test-${engine}-${randomBytes(4).toString('hex')}`;
      const password = randomBytes(12).toString('hex');
      const args = ['run', '--detach', '--rm', '--name', name, '--publish', `127.0.0.1::${container.port}`];
      // Named without a value, a variable is taken from docker's own environment: the password is in no process list.
      const secret = ['--env', container.passwordVariable];
      await promisify(execFile)('docker', [...args, ...secret, image, ...container.settings(durable)], {
        env: { ...process.env, [container.passwordVariable]: password },
      });
      const stop = whenWeEnd('docker rm --force --volumes "$1"', name);
      try {
        const printed = await output('docker', ['port', name, `${container.port}/tcp`]);
        const port = /:(\d+)\s*$/m.exec(printed ?? '')?.[1];
        if (!port) throw new Error(`docker published no port for ${name}`);
        const url = container.url(password, port);
        await waitForAnswer(engine, url, async () => {
          if ((await output('docker', ['inspect', name])) === undefined)
            throw new Error(`the container ended`);
        });
        return { url, stop };
      } catch (error) {
        await stop();
        throw error;
      }
    },
  };
}

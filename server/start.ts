import type { FastifyInstance } from 'fastify';
import type { App } from './app.ts';
import { openApp } from './app.ts';
import type { Config } from './config.ts';
import { startBeat } from './health/beat.ts';
import { openHttp } from './http.ts';
import { startJobs, timetable } from './jobs.ts';
import type { Log } from './log.ts';
import { systemTimers } from './timers.ts';

export interface Running {
  app: App;
  /** `http://127.0.0.1:8080`, with the port that was really taken. */
  url: string;
  /** Stops in order: no new requests, vends and mails under way end, leases go back, the database stops. Safe to call twice. */
  stop(): Promise<void>;
}

/** Opens everything and listens. What fails on the way is closed again. */
export async function start(config: Config, log: Log): Promise<Running> {
  const app = await openApp(config, log);
  let http: FastifyInstance | null = null;
  try {
    http = await openHttp(app);
    const url = await http.listen({ host: config.host, port: config.port });
    const { core } = app;
    const jobs = startJobs(
      app,
      timetable(
        {
          fillWaiting: () => core.fillAll(),
          releaseHolds: () => core.releaseHolds(),
          reconsiderUnmapped: () => core.reconsider(null),
          tellAlerts: () => core.tellAlerts(),
          settleAlerts: () => core.settleAlerts(),
          checkStock: () => core.checkStock(),
          checkSilence: () => core.checkSilence(),
          tidyUp: async () => {
            await app.store.forgetTurns();
            await app.store.deleteDeadSessions(app.rpc.sessionLimits);
          },
          digest: () => core.digest(),
        },
        config,
      ),
    );
    const heartbeat = startBeat({ ...app, timers: systemTimers, retries: app.metrics.retries });
    log.info('server.started', {
      url,
      database: app.store.version,
      mail: app.transport.name,
      dataDir: config.dataDir,
    });
    if (!app.staffTokenOpens)
      log.warn('staff.token_spent', {
        from: app.tokens.staffTokenPath ?? 'KEYBANK_STAFF_TOKEN',
        what: 'This staff token was renewed or revoked, and opens nothing. Put a live one there, or make a new admin: npx keybank staff add NAME --role admin',
      });
    const server = http;
    let stopping: Promise<void> | null = null;
    const stop = async () => {
      await server.close();
      await jobs.stop();
      await heartbeat.stop();
      await app.close();
      log.info('server.stopped');
    };
    return { app, url, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await http?.close();
    await app.close();
    throw explainListen(error, config);
  }
}

function explainListen(error: unknown, config: Config): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') {
    return new Error(
      `Port ${config.port} on ${config.host} is taken. Stop the other program, or set KEYBANK_PORT (0 takes any free port).`,
      { cause: error },
    );
  }
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES') {
    return new Error(
      `Cannot listen on ${config.host}:${config.port} (${code}). Set KEYBANK_HOST and KEYBANK_PORT to an address of this machine.`,
      { cause: error },
    );
  }
  return error;
}

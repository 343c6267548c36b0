import type { TestProject } from 'vitest/node';
import { buildConsole } from '../console/built.ts';
import { askedFor, type EngineName } from './servers/engine.ts';
import { startEngine } from './start-engine.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The administrator's URLs of the servers of this run. */
    engines: Partial<Record<EngineName, string>>;
  }
}

/** Builds the console if need be, and starts the servers, once for the whole run; an engine that was asked for and cannot be had fails it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildConsole();
  const names = askedFor();
  const starts = await Promise.allSettled(names.map((name) => startEngine(name)));
  const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const stop = async () => {
    await Promise.allSettled(servers.map((server) => server.stop()));
  };
  const faults = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason] : []));
  if (faults.length > 0) {
    await stop();
    throw new AggregateError(
      faults,
      faults.map((fault) => String(fault instanceof Error ? fault.message : fault)).join('\n'),
    );
  }
  const urls = names.map((name, index) => [name, servers[index]?.url] as const);
  project.provide('engines', Object.fromEntries(urls));
  return stop;
}

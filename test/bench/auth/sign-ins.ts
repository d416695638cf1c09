import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Agent, request } from 'undici';
import { applyLoad, type LoadResult } from '../load.js';
import { pacedRequests, type PacedResult } from './paced-requests.js';
import type { Person } from './people.js';

const CONNECTIONS = 16;
/** A few thousand sign-ins: before them much of their code runs unoptimized, and threads compile it on the cores that are measured. */
const WARM_UP_SECONDS = 90;
const QUEUED = 200;
const json = { 'content-type': 'application/json' };

export interface SignInResult {
  /** Passwords verified per second by a process that does nothing else: the mean of before and after. */
  raw: number;
  signIns: LoadResult;
}

/**
 * Sign-ins per second, and what the hash alone allows.
 * @param concurrency hashes computed at the same time, by the gateway and by the reference
 */
export async function signIns(
  url: string,
  databaseUrl: string,
  everybody: readonly Person[],
  { concurrency, seconds }: { concurrency: number; seconds: number },
): Promise<SignInResult> {
  const stored = await hashOf(databaseUrl, everybody[0]);
  const asked = { url: `${url}/api/v1/auth/login`, method: 'POST' as const, headers: json, connections: CONNECTIONS };
  const load = { ...asked, bodies: everybody.map(({ login }) => login) };
  await applyLoad({ ...load, seconds: WARM_UP_SECONDS });
  const before = await rawHashes(stored, concurrency, seconds / 2);
  const result = await applyLoad({ ...load, seconds });
  const after = await rawHashes(stored, concurrency, seconds / 2);
  return { raw: (before + after) / 2, signIns: result };
}

/** An ordinary request on a quiet gateway, and while 200 people wait to be signed in. */
export async function whileSigningIn(
  url: string,
  everybody: readonly Person[],
  seconds: number,
): Promise<{ quiet: PacedResult; busy: PacedResult; signIns: number }> {
  const ordinary = `${url}/api/v1/auth/me`;
  const token = everybody[0]?.token ?? '';
  await pacedRequests(ordinary, token, 2);
  const quiet = await pacedRequests(ordinary, token, seconds);
  const queue = new SignInQueue(url, everybody);
  queue.fill();
  // By now all of them have arrived and nearly all wait for their turn.
  await sleep(1_000);
  const busy = await pacedRequests(ordinary, token, seconds);
  return { quiet, busy, signIns: await queue.empty() };
}

/** As many people as are wanted, each of whom signs in again as soon as they are in. */
class SignInQueue {
  private readonly dispatcher = new Agent({ connections: QUEUED });
  private readonly lanes: Promise<void>[] = [];
  private isOpen = true;
  private succeeded = 0;

  constructor(
    private readonly url: string,
    private readonly everybody: readonly Person[],
  ) {}

  fill(): void {
    for (let lane = 0; lane < QUEUED; lane++) this.lanes.push(this.signInAgain(lane));
  }

  /** Lets those who wait have their turn, and nobody else. */
  async empty(): Promise<number> {
    this.isOpen = false;
    await Promise.all(this.lanes);
    await this.dispatcher.close();
    return this.succeeded;
  }

  private async signInAgain(lane: number): Promise<void> {
    const { dispatcher } = this;
    const body = this.everybody[lane % this.everybody.length]?.login ?? '';
    while (this.isOpen) {
      const answer = await request(`${this.url}/api/v1/auth/login`, {
        method: 'POST',
        headers: json,
        body,
        dispatcher,
      });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`A sign-in was answered ${answer.statusCode}.`);
      this.succeeded += 1;
    }
  }
}

async function rawHashes(stored: string, concurrency: number, seconds: number): Promise<number> {
  const child = fork(join(import.meta.dirname, 'raw-hashes.js'), [stored, String(concurrency), String(seconds)]);
  const [[rate]] = await Promise.all([once(child, 'message') as Promise<[number]>, once(child, 'exit')]);
  return rate;
}

async function hashOf(databaseUrl: string, person: Person | undefined): Promise<string> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ password: string }>('SELECT password FROM users WHERE id = $1', [person?.id]);
    return rows[0]?.password ?? '';
  } finally {
    await client.end();
  }
}

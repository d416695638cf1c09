import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DemoError } from '../demo.error.js';

/** One payload as GitHub sent it. */
export interface Payload {
  /** Kind of event, as in X-GitHub-Event. */
  event: string;
  /** The bytes to post. */
  body: string;
}

/** How the package writes payloads down, and a file of one's own does. */
interface RecordedEvent {
  name: string;
  examples: unknown[];
}

const require = createRequire(import.meta.url);
/** The servers that payloads were recorded from: github.com, and the releases of GitHub Enterprise Server. */
const servers = ['api.github.com', 'ghes-31', 'ghes-32', 'ghes-33', 'ghes-34', 'ghes-35'];

/**
 * Every payload of the package, or those of a file.
 * @throws DemoError
 */
export async function loadPayloads(file: string | undefined): Promise<Payload[]> {
  const files = file === undefined ? recordedFiles() : [file];
  const lists = await Promise.all(files.map(readEvents));
  return lists
    .flat()
    .flatMap(({ name, examples }) => examples.map((example) => ({ event: name, body: JSON.stringify(example) })));
}

function recordedFiles(): string[] {
  const folder = dirname(requiredPackage());
  return servers.map((server) => join(folder, server, 'index.json'));
}

function requiredPackage(): string {
  try {
    return require.resolve('@octokit/webhooks-examples/package.json');
  } catch (error) {
    const message =
      'A development dependency is missing (@octokit/webhooks-examples): run "npm ci" without --omit=dev.';
    throw new DemoError(message, { cause: error });
  }
}

async function readEvents(file: string): Promise<RecordedEvent[]> {
  const events = await readJson(file);
  if (!Array.isArray(events) || !events.every(isRecordedEvent)) {
    throw new DemoError(`${file} must hold a list of {"name": <kind of event>, "examples": [<payload>, …]}.`);
  }
  return events;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new DemoError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isRecordedEvent(event: unknown): event is RecordedEvent {
  if (typeof event !== 'object' || event === null) return false;
  return 'name' in event && typeof event.name === 'string' && 'examples' in event && Array.isArray(event.examples);
}

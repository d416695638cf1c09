import { parseArgs } from 'node:util';
import { DemoError } from './demo.error.js';

export interface DemoOptions {
  /** Origin of the platform, without a slash at the end. */
  baseUrl: string;
  /** Where the platform keeps its mails when it has no mail server. */
  dataDir: string;
  /** A file of payloads to post instead of the recorded ones. */
  payloadFile: string | undefined;
}

export const usage = `npm run demo -- [--payloads <file>] [<origin of the platform>]

Posts every GitHub webhook payload recorded in @octokit/webhooks-examples to examples/github-triage on a running
platform, follows the runs and accounts for each one.

  <origin>           default: BIOMETRICS_URL, else http://127.0.0.1:8080
  --payloads <file>  payloads of your own, as JSON: [{"name": "issues", "examples": [{…}, …]}, …]
  BIOMETRICS_DATA_DIR  the platform's data folder, where mails are found; default .data`;

/**
 * Reads the command line. Undefined when help was asked for.
 * @throws DemoError
 */
export function demoOptions(args: readonly string[], env: NodeJS.ProcessEnv): DemoOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help === true) return undefined;
  const origin = positionals[0] ?? env['BIOMETRICS_URL'] ?? 'http://127.0.0.1:8080';
  if (positionals.length > 1 || !/^https?:/.test(origin) || !URL.canParse(origin)) {
    throw new DemoError(
      `One origin such as http://127.0.0.1:8080 is wanted, not "${positionals.join(' ') || origin}".`,
    );
  }
  return {
    baseUrl: new URL(origin).origin,
    dataDir: env['BIOMETRICS_DATA_DIR'] ?? '.data',
    payloadFile: values.payloads,
  };
}

function parse(args: readonly string[]) {
  const options = { payloads: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new DemoError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

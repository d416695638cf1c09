import { connect } from 'node:net';

const TIMEOUT_MS = 2_000;

/**
 * Sends one command to the Redis at `url` and returns the first line of its answer without the type mark.
 * Just enough of the protocol (RESP2) to ask a server of ours whether it is there; clients belong to @app/messaging.
 * Throws when the server refuses, does not answer within two seconds, or answers with an error.
 */
export async function redisCommand(url: string, ...words: readonly string[]): Promise<string> {
  const { hostname, port, password, pathname } = new URL(url);
  const database = pathname.slice(1) === '' ? '0' : pathname.slice(1);
  const prelude = [...(password === '' ? [] : [['AUTH', decodeURIComponent(password)]]), ['SELECT', database]];
  const lines = await exchange({ host: hostname, port: Number(port) }, [...prelude, words]);
  const failed = lines.find((line) => line.startsWith('-'));
  if (failed !== undefined) throw new Error(`Redis: ${failed.slice(1)}`);
  return lines.at(-1)?.slice(1) ?? '';
}

function exchange(
  address: { host: string; port: number },
  commands: readonly (readonly string[])[],
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(address, () => socket.write(commands.map(encode).join('')));
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('Redis did not answer in time')));
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('utf8');
      const lines = received.split('\r\n').slice(0, -1);
      if (lines.length < commands.length) return;
      socket.destroy();
      resolve(lines);
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('Redis closed the connection')));
  });
}

function encode(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

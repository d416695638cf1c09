// A small company directory for the example to look things up in: who owns a repository, what a person is called.
//   node examples/github-triage/directory.mjs [port]
// Plain Node.js. It reads directory.json anew for each question, so an edit counts at once.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

const file = join(import.meta.dirname, 'directory.json');

const server = createServer(async (request, response) => {
  const [status, body] = await answer(new URL(request.url, 'http://directory'));
  console.log(`${request.method} ${request.url} ${status}`);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
server.listen(Number(process.argv[2] ?? 4680), '127.0.0.1', () => {
  console.log(`directory: http://127.0.0.1:${server.address().port}`);
});

/** GET /owners?repository=<full name>, GET /people/<login> */
async function answer({ pathname, searchParams }) {
  const { owners, people } = JSON.parse(await readFile(file, 'utf8'));
  const [, list, login] = pathname.split('/').map(decodeURIComponent);
  const found =
    list === 'owners'
      ? owners.find(({ repository }) => matches(searchParams.get('repository') ?? '', repository))
      : list === 'people' && Object.hasOwn(people, login) && people[login];
  return found ? [200, found] : [404, { error: 'Nobody of that name is known here.' }];
}

/** A star at the end stands for anything. */
function matches(name, pattern) {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

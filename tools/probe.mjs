// The health check of a container, which has no curl: `node probe.mjs <port> <path>` ends with 0 when the answer is 2xx.
const [port, path] = process.argv.slice(2);

const up = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(2_000) }).then(
  ({ ok }) => ok,
  () => false,
);
process.exitCode = up ? 0 : 1;

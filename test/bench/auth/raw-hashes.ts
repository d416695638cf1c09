import * as argon2 from '@node-rs/argon2';

/**
 * The reference of sign-ins: how many passwords per second this machine verifies, with the parameters of a hash and
 * the concurrency of the gateway, when it does nothing else. Prints the rate; arguments: hash, concurrency, seconds.
 */
const [stored = '', concurrency = '1', seconds = '1'] = process.argv.slice(2);
const until = performance.now() + Number(seconds) * 1_000;
const startedAt = performance.now();
let verified = 0;

async function lane(): Promise<void> {
  while (performance.now() < until) {
    await argon2.verify(stored, 'correct horse battery staple');
    verified += 1;
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, lane));
process.send?.((verified / (performance.now() - startedAt)) * 1_000);

import type { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';

/** Writes one line when a connection is lost and one when it is back, instead of one per attempt. */
export function logOutages(client: Redis, what: string, logger: Logger): void {
  let away = false;
  client.on('error', (error) => {
    if (away) return;
    away = true;
    logger.warn(
      `Redis is away (${what}): ${error.message || String(Reflect.get(error, 'code'))}. Trying again for ever.`,
    );
  });
  client.on('ready', () => {
    if (away) logger.log(`Redis is back (${what}).`);
    away = false;
  });
}

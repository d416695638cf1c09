/** SQLSTATE classes after which the connection is gone and the fate of the statement unknown (PostgreSQL appendix A). */
const lostConnectionStates = new Set(['08000', '08003', '08006', '57P01', '57P02', '57P03']);
const lostConnectionCodes = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOENT']);
const lostConnectionTexts = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
];

/** Whether an error of `pg` means that the server or the way to it is away, rather than that the statement is wrong. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string' && (lostConnectionStates.has(code) || lostConnectionCodes.has(code))) return true;
  return lostConnectionTexts.some((text) => error.message.includes(text));
}

/** Whether a write failed because a unique value is taken; `constraint` narrows it to one index. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const cause: unknown = error instanceof Error ? (Reflect.get(error, 'driverError') ?? error) : error;
  if (!(cause instanceof Error) || Reflect.get(cause, 'code') !== '23505') return false;
  return constraint === undefined || Reflect.get(cause, 'constraint') === constraint;
}

import { AppError, conflict, notFound } from '@app/contracts';
import { isUniqueViolation, type User } from '@app/database';
import type { PoolClient } from 'pg';
import { isDeepStrictEqual } from 'node:util';
import type { ExpectedVersions } from '../http/if-match.decorator.js';
import { problem } from '../http/problems/problem.js';
import { isAdminSql, lockAdminsSql, lockUserSql, machinesSql, writeUserSql } from './user-changes.sql.js';

/** A user's row without what proves who they are. */
export type UserRow = Omit<User, 'password'>;

/** A user whom the transaction holds, and when by the database's clock. */
export interface LockedUser extends UserRow {
  now: Date;
}

/** What the platform lets somebody change of a user. */
export type UserChanges = Partial<
  Pick<User, 'email' | 'email_verified_at' | 'name' | 'avatar' | 'metadata' | 'roles' | 'is_active' | 'deletion_due_at'>
>;

/**
 * Holds a user until the end of the transaction.
 * @throws AppError NOT_FOUND
 */
export async function lockUser(client: PoolClient, id: string): Promise<LockedUser> {
  const { rows } = await client.query<LockedUser>(lockUserSql, [id]);
  const [row] = rows;
  if (row === undefined) throw notFound('user');
  return row;
}

/**
 * Writes what changes of a user whom the transaction holds.
 * @throws AppError PRECONDITION_FAILED, CONFLICT when the address has another account
 */
export async function writeUser(
  client: PoolClient,
  current: UserRow,
  changes: UserChanges,
  expected: ExpectedVersions,
): Promise<UserRow> {
  const next = { ...current, ...changes };
  const { rows } = await client
    .query<Pick<UserRow, 'version' | 'updated_at'>>(writeUserSql, [
      current.id,
      expected ?? null,
      next.email,
      next.email_verified_at,
      next.name,
      next.avatar,
      next.metadata,
      next.roles,
      next.is_active,
      next.deletion_due_at,
    ])
    .catch((error: unknown) => {
      throw isUniqueViolation(error, 'users_email') ? conflict('This address has an account already.') : error;
    });
  const [written] = rows;
  if (written === undefined) throw problem('PRECONDITION_FAILED');
  return { ...next, ...written };
}

/**
 * A user of whom nothing changes, under the same condition as a write.
 * @throws AppError PRECONDITION_FAILED
 */
export function unchanged(current: UserRow, expected: ExpectedVersions): UserRow {
  if (expected === undefined || expected.includes(current.version)) return current;
  throw problem('PRECONDITION_FAILED');
}

/** The fields of `wanted` that are given and differ from what is there. */
export function changesOf(current: UserRow, wanted: UserChanges): UserChanges {
  const differing = Object.entries(wanted).filter(
    ([field, value]) => value !== undefined && !isDeepStrictEqual(value, current[field as keyof UserChanges]),
  );
  return Object.fromEntries(differing);
}

/** The accounts that stop and go with a person's: their own and those of their machines. */
export async function withMachines(client: PoolClient, userId: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(machinesSql, [[userId]]);
  return [userId, ...rows.map(({ id }) => id)];
}

/**
 * Holds the administrators who can act until the end of the transaction. To be called before any other user is held,
 * so that nobody waits for each other.
 */
export async function lockAdmins(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(lockAdminsSql);
  return rows.map(({ id }) => id);
}

/**
 * To be called behind `lockAdmins`, which nobody who takes the role away gets past meanwhile: the guard knows what the
 * token says, and from another gateway's doing a second later.
 * @throws AppError FORBIDDEN when the person is no administrator any more
 */
export async function assertIsAdmin(client: PoolClient, userId: string): Promise<void> {
  const { rowCount } = await client.query(isAdminSql, [userId]);
  if (rowCount !== 0) return;
  throw new AppError({ code: 'FORBIDDEN', kind: 'user', message: 'You are no administrator any more.' });
}

/**
 * @param admins as `lockAdmins` found them
 * @throws AppError CONFLICT when the user is the only one of them
 */
export function assertOtherAdmin(admins: readonly string[], userId: string): void {
  if (admins.length !== 1 || admins[0] !== userId) return;
  throw conflict('This is the last administrator who can act: make somebody else one first.');
}

/** A setting of postgresql.conf, as it is passed on the command line. */
export type PostgresSettings = Readonly<Record<string, string>>;

/** What every server of ours runs with. Durability is PostgreSQL's default: fsync and synchronous_commit are on. */
const ALWAYS: PostgresSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Our statements are small; compiling them costs more than it saves.
  jit: 'off',
};

/** For data nobody will miss: a test run's own server. A crash may corrupt the cluster. */
const THROWAWAY: PostgresSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  // A test run drops databases all the time; the checkpoint is what makes that slow.
  max_wal_size: '4GB',
};

/** Command line arguments for the server, later settings winning over earlier ones. */
export function settingArguments(durable: boolean, extra: PostgresSettings = {}): string[] {
  const settings = { ...ALWAYS, ...(durable ? {} : THROWAWAY), ...extra };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The configuration file of a server of ours, with the password in it: keep it at mode 600. */
export function redisSettings(settings: { folder: string; port: number; password: string }): string {
  return [
    'bind 127.0.0.1',
    `port ${settings.port}`,
    `requirepass ${settings.password}`,
    `dir ${JSON.stringify(settings.folder)}`,
    // A queue must refuse work rather than forget it.
    'maxmemory-policy noeviction',
    // Redis holds nothing here that PostgreSQL does not know as well.
    'save ""',
    'appendonly no',
    // Each test file of a run gets a logical database of its own.
    'databases 1024',
    'daemonize no',
    '',
  ].join('\n');
}

import { Client } from 'pg';

/** Runs `use` with a connection of its own to the maintenance database. */
export async function withAdmin<T>(postgresUrl: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

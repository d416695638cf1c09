import { newId } from '@app/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type Answer, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;

const note = { type: 'note', title: 'Bread', body: 'Flour and water.', metadata: { tags: ['food'] } };

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
});
afterAll(() => gateway.stop());

async function made(by: TestUser = user, body: object = note): Promise<string> {
  const created = await by.call('POST', '/content', body);
  expect(created.status).toBe(201);
  return created.body.id;
}

/** What the platform says of a piece of content, in order. */
async function eventsOf(id: string): Promise<{ type: string; version: number; pending: boolean }[]> {
  const { rows } = await gateway.pool.query(
    `SELECT type, (event->'data'->>'version')::int AS version,
            EXISTS (SELECT FROM pending_events p WHERE p.id = e.id) AS pending
     FROM events e WHERE source = '/content/' || $1 ORDER BY id`,
    [id],
  );
  return rows;
}

async function auditOf(id: string): Promise<{ action: string; before: object; after: object; details: object }[]> {
  const sql = 'SELECT action, before, after, details FROM audit_events WHERE subject_id = $1 ORDER BY id';
  return (await gateway.pool.query(sql, [id])).rows;
}

const errorsOf = (answer: Answer): string[] => {
  expect(answer.status).toBe(400);
  return answer.body.errors.map(({ field }: { field: string }) => field);
};

describe('content', () => {
  it('is made, read, replaced and patched, each change a version with its revision', async () => {
    const created = await user.call('POST', '/content', note);
    expect(created).toMatchObject({
      status: 201,
      headers: { etag: '"1"' },
      body: { ...note, status: 'draft', version: 1 },
    });
    expect(created.body).toMatchObject({ published_at: null, deleted_at: null });
    const { id } = created.body;
    expect((await user.call('GET', `/content/${id}`)).body).toEqual(created.body);
    expect((await user.call('GET', `/content/${id}`, undefined, { 'if-none-match': '"1"' })).status).toBe(304);
    const replaced = await user.call('PUT', `/content/${id}`, { type: 'recipe', title: 'Bread, again' });
    expect(replaced).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(replaced.body).toMatchObject({ type: 'recipe', title: 'Bread, again', body: '', metadata: {}, version: 2 });
    const patched = await user.call('PATCH', `/content/${id}`, { body: 'Salt.', metadata: { n: 1 } });
    expect(patched.body).toMatchObject({ type: 'recipe', body: 'Salt.', metadata: { n: 1 }, version: 3 });
    const { body: revisions } = await user.call('GET', `/content/${id}/revisions`);
    expect(revisions).toMatchObject({
      total: 3,
      data: [{ version: 3 }, { version: 2 }, { version: 1, title: 'Bread' }],
    });
    const first = await user.call('GET', `/content/${id}/revisions/1`);
    expect(first).toMatchObject({
      status: 200,
      headers: { etag: '"1"' },
      body: { ...note, content_id: id, status: 'draft' },
    });
    expect((await user.call('GET', `/content/${id}/revisions/4`)).status).toBe(404);
  });

  it('goes back to a revision as a new version, and its publication stays as it is', async () => {
    const id = await made();
    await user.call('PATCH', `/content/${id}`, { title: 'Cake', status: 'published' });
    const back = await user.call('POST', `/content/${id}/revisions/1/restore`);
    expect(back).toMatchObject({ status: 200, body: { ...note, version: 3, status: 'published' } });
    expect((await user.call('POST', `/content/${id}/revisions/9/restore`)).status).toBe(404);
    const stale = await user.call('POST', `/content/${id}/revisions/2/restore`, undefined, { 'if-match': '"2"' });
    expect(stale.status).toBe(412);
    const pages = await user.call('GET', `/content/${id}/revisions?limit=2`);
    expect(pages.body.data.map(({ version }: { version: number }) => version)).toEqual([3, 2]);
    const rest = await user.call('GET', `/content/${id}/revisions?limit=2&cursor=${pages.body.next_cursor}`);
    expect(rest.body.data.map(({ version }: { version: number }) => version)).toEqual([1]);
    expect((await user.call('GET', `/content/${id}/revisions?limit=2&page=2`)).body.data).toMatchObject([
      { version: 1 },
    ]);
  });

  it('is published once: that time stays, whatever becomes of it', async () => {
    const id = await made();
    const published = await user.call('POST', `/content/${id}/publish`);
    expect(published).toMatchObject({ status: 200, body: { status: 'published', version: 2 } });
    const { published_at } = published.body;
    expect(Date.parse(published_at)).toBeGreaterThan(Date.now() - 60_000);
    expect((await user.call('POST', `/content/${id}/publish`)).body).toEqual(published.body);
    for (const status of ['draft', 'archived', 'published'])
      expect((await user.call('PATCH', `/content/${id}`, { status })).body).toMatchObject({ status, published_at });
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual([
      'content.created',
      'content.published',
      'content.updated',
      'content.archived',
      'content.published',
    ]);
  });

  it('is left alone by a change that changes nothing', async () => {
    const id = await made();
    for (const [method, path, body] of [
      ['PATCH', '', { title: note.title, metadata: note.metadata, status: 'draft' }],
      ['PUT', '', note],
      ['POST', '/restore', undefined],
      ['POST', '/revisions/1/restore', undefined],
    ] as const) {
      expect(await user.call(method, `/content/${id}${path}`, body)).toMatchObject({
        status: 200,
        body: { version: 1 },
      });
    }
    expect([await eventsOf(id), await auditOf(id)].map(({ length }) => length)).toEqual([1, 1]);
  });

  it('is written only by those who saw its newest version, when they say so', async () => {
    const id = await made();
    const put = (title: string) => user.call('PUT', `/content/${id}`, { ...note, title }, { 'if-match': '"1"' });
    expect((await Promise.all([put('b'), put('c')])).map(({ status }) => status).sort()).toEqual([200, 412]);
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/publish'],
      ['POST', '/restore'],
    ] as const) {
      const stale = await user.call(method, `/content/${id}${path}`, undefined, { 'if-match': '"1"' });
      expect(stale.status).toBe(412);
    }
    expect((await user.call('GET', `/content/${id}`)).body).toMatchObject({ version: 2, status: 'draft' });
  });

  it('takes changes of the same moment one after the other, and loses none', async () => {
    const id = await made();
    const patches = Array.from({ length: 20 }, (_, n) => user.call('PATCH', `/content/${id}`, { title: `t${n}` }));
    const versions = (await Promise.all(patches)).map(({ body }) => body.version);
    expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 2));
    const { body } = await user.call('GET', `/content/${id}/revisions?limit=100`);
    expect(new Set(body.data.map(({ title }: { title: string }) => title)).size).toBe(21);
  });

  it('is out of sight once it is deleted, is listed among the deleted, and comes back', async () => {
    const owner = await gateway.signUp();
    const id = await made(owner);
    expect((await owner.call('DELETE', `/content/${id}`)).status).toBe(204);
    for (const [method, path, body] of [
      ['GET', ''],
      ['PUT', '', note],
      ['PATCH', '', {}],
      ['DELETE', ''],
      ['POST', '/publish'],
      ['GET', '/revisions'],
      ['GET', '/revisions/1'],
      ['POST', '/revisions/1/restore'],
    ] as const) {
      expect((await owner.call(method, `/content/${id}${path}`, body)).status).toBe(404);
    }
    expect((await owner.call('GET', '/content')).body).toMatchObject({ data: [], total: 0 });
    const { data } = (await owner.call('GET', '/content?deleted=true')).body;
    expect(data).toMatchObject([{ id, deleted_at: expect.any(String), version: 2 }]);
    const restored = await owner.call('POST', `/content/${id}/restore`, undefined, { 'if-match': '"2"' });
    expect(restored).toMatchObject({ status: 200, body: { ...note, version: 3, deleted_at: null } });
    expect((await owner.call('GET', '/content?deleted=true')).body.total).toBe(0);
    expect((await eventsOf(id)).map(({ type, version }) => [type, version])).toEqual([
      ['content.created', 1],
      ['content.deleted', 2],
      ['content.restored', 3],
    ]);
  });

  it('of somebody else does not exist', async () => {
    const id = await made();
    const stranger = await gateway.signUp();
    const answers = await Promise.all([
      stranger.call('GET', `/content/${id}`),
      stranger.call('PATCH', `/content/${id}`, { title: 'x' }),
      stranger.call('DELETE', `/content/${id}`),
      stranger.call('POST', `/content/${id}/restore`),
      stranger.call('GET', `/content/${id}/revisions`),
      stranger.call('POST', `/content/${id}/revisions/1/restore`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
  });

  it('has its fields checked, by their names', async () => {
    const post = async (body: object): Promise<string[]> =>
      errorsOf(await user.call('POST', '/content', { ...note, ...body }));
    expect(await post({ type: '' })).toEqual(['type']);
    expect(await post({ title: 'x'.repeat(256) })).toEqual(['title']);
    expect(await post({ body: null })).toEqual(['body']);
    expect(await post({ metadata: [] })).toEqual(['metadata']);
    expect(await post({ metadata: { x: 'x'.repeat(65_536) } })).toEqual(['metadata']);
    expect(await post({ status: 'gone' })).toEqual(['status']);
    expect(await post({ note: 'x' })).toEqual(['note']);
    expect(await post({ published_at: '2020-01-01T00:00:00Z' })).toEqual(['published_at']);
    expect((await user.call('POST', '/content', { ...note, body: 'a\0b' })).status).toBe(400);
    expect((await user.call('POST', '/content', { ...note, metadata: { '\ud800': 1 } })).status).toBe(400);
    expect((await user.call('POST', '/content', { ...note, body: 'x'.repeat(1_048_576) })).status).toBe(413);
    const id = await made();
    expect(errorsOf(await user.call('PATCH', `/content/${id}`, { title: null }))).toEqual(['title']);
    expect(errorsOf(await user.call('GET', '/content?status=x&q=&sort=title'))).toEqual(
      expect.arrayContaining(['status', 'q', 'sort']),
    );
  });

  it('is made once for an Idempotency-Key', async () => {
    const key = { 'idempotency-key': newId() };
    const [one, two] = [await user.call('POST', '/content', note, key), await user.call('POST', '/content', note, key)];
    expect(two).toMatchObject({ status: 201, body: one.body });
    expect(await eventsOf(one.body.id)).toHaveLength(1);
    expect((await user.call('POST', '/content', { ...note, title: 'x' }, key)).status).toBe(422);
  });

  it('leaves in the trail what was done, and not its text', async () => {
    const id = await made();
    await user.call('PATCH', `/content/${id}`, { body: 'Sugar.', status: 'published' });
    await user.call('DELETE', `/content/${id}`);
    const trail = await auditOf(id);
    expect(trail).toMatchObject([
      { action: 'content.created', before: null, after: { title: 'Bread', status: 'draft' }, details: { version: 1 } },
      {
        action: 'content.published',
        before: { status: 'draft' },
        after: { status: 'published' },
        details: { version: 2 },
      },
      { action: 'content.deleted', before: { status: 'published' }, after: null, details: { version: 3 } },
    ]);
    expect(JSON.stringify(trail)).not.toMatch(/Flour|Sugar/);
    expect(await eventsOf(id)).toEqual([
      { type: 'content.created', version: 1, pending: true },
      { type: 'content.updated', version: 2, pending: true },
      { type: 'content.published', version: 2, pending: true },
      { type: 'content.deleted', version: 3, pending: true },
    ]);
  });
});

describe('GET /content', () => {
  let owner: TestUser;
  const titles = async (query: string): Promise<string[]> => {
    const { status, body } = await owner.call('GET', `/content?${query}`);
    expect(status).toBe(200);
    return body.data.map(({ title }: { title: string }) => title);
  };

  beforeAll(async () => {
    owner = await gateway.signUp();
    for (const body of [
      { type: 'note', title: 'Apple pie', body: 'Bake with butter and sugar.', status: 'published' },
      { type: 'note', title: 'Butter', body: 'Churned from cream.' },
      { type: 'recipe', title: 'Cake', body: 'Butter, butter and eggs. Süßer Rahm.', status: 'published' },
      { type: 'recipe', title: 'Dumplings', body: 'Water.', status: 'archived' },
    ])
      await made(owner, body);
    await made(user, { type: 'note', title: "Somebody else's butter" });
  });

  it('is by type and status, the newest first and without texts', async () => {
    expect(await titles('')).toEqual(['Dumplings', 'Cake', 'Butter', 'Apple pie']);
    expect(await titles('type=note')).toEqual(['Butter', 'Apple pie']);
    expect(await titles('status=published')).toEqual(['Cake', 'Apple pie']);
    expect(await titles('type=recipe&status=archived')).toEqual(['Dumplings']);
    const { body } = await owner.call('GET', '/content?limit=1');
    expect(Object.keys(body.data[0])).not.toContain('body');
  });

  it('finds words, those of titles before those of texts', async () => {
    expect(await titles('q=butter')).toEqual(['Butter', 'Cake', 'Apple pie']);
    expect(await titles('q=BUTTER+sugar')).toEqual(['Apple pie']);
    expect(await titles(`q=${encodeURIComponent('"butter and eggs"')}`)).toEqual(['Cake']);
    expect(await titles(`q=${encodeURIComponent('butter -cake')}`)).toEqual(['Butter', 'Apple pie']);
    expect(await titles(`q=${encodeURIComponent('süßer or cream')}`)).toEqual(['Cake', 'Butter']);
    expect(await titles('q=-butter')).toEqual(['Dumplings']);
    expect(await titles('q=butter&status=published')).toEqual(['Cake', 'Apple pie']);
    for (const none of ['...', 'owner', owner.id, `'`, `\\`, `a' | 'b`, '(((', '&&!']) {
      expect(await titles(`q=${encodeURIComponent(none)}`), none).toEqual([]);
    }
  });

  it('finds a word among content of a type, whatever the type is written with', async () => {
    const other = await gateway.signUp();
    const types = ["it's", 'a\\b', '\\', "''", 'x:*', '(a & !b) | c', '"q"', 'Ä\u00a0ö', "note':A"];
    const ids = new Map<string, string>();
    for (const type of types) ids.set(type, await made(other, { ...note, type }));
    for (const [type, id] of ids) {
      const { status, body } = await other.call('GET', `/content?q=flour&type=${encodeURIComponent(type)}`);
      expect({ type, status, found: body.data?.map((found: { id: string }) => found.id) }).toEqual({
        type,
        status: 200,
        found: [id],
      });
    }
    const none = await other.call('GET', `/content?q=flour&type=${encodeURIComponent('it')}`);
    expect(none.body).toMatchObject({ total: 0, data: [] });
  });

  it.each(['', 'q=butter%20or%20water', 'type=note', 'type=recipe&q=butter'])(
    'comes in pages, by %s',
    async (filter) => {
      const whole = await owner.call('GET', `/content?${filter}`);
      expect(whole.body.total).toBe(whole.body.data.length);
      const read: string[] = [];
      for (let cursor = ''; read.length < 10;) {
        const { body } = await owner.call('GET', `/content?${filter}&limit=1${cursor}`);
        read.push(...body.data.map(({ id }: { id: string }) => id));
        if (body.next_cursor === undefined) break;
        cursor = `&cursor=${body.next_cursor}`;
      }
      expect(read).toEqual(whole.body.data.map(({ id }: { id: string }) => id));
      const second = await owner.call('GET', `/content?${filter}&limit=1&page=2`);
      expect(second.body.data).toEqual(whole.body.data.slice(1, 2));
    },
  );

  it('takes no forged cursor, and none of another order', async () => {
    const forged = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString('base64url');
    for (const [filter, key] of [
      ['', ['1', 'x']],
      ['', ['-1', newId()]],
      ['', ['99999999999999999', newId()]],
      ['', ['1', newId(), '0.1']],
      ['q=a&', ['1', newId()]],
      ['q=a&', ['1', newId(), '1e-999']],
      ['q=a&', ['1', newId(), 'NaN']],
    ] as const) {
      expect(errorsOf(await owner.call('GET', `/content?${filter}cursor=${forged(key)}`))).toEqual(['cursor']);
    }
    expect(await titles(`cursor=${forged(['9999999999999999', newId()])}`)).toHaveLength(4);
    expect(await titles(`q=butter&cursor=${forged(['1', newId(), '9e-99'])}`)).toEqual([]);
  });

  it('keeps a text of as many different words as a request holds', async () => {
    const words = Array.from({ length: 120_000 }, (_, n) => `${n.toString(36)}-${(n * 7).toString(36)}`).join(' ');
    const id = await made(owner, { type: 'note', title: 'Many', body: words.slice(0, 1_000_000) });
    expect((await owner.call('GET', `/content/${id}`)).body.body).toHaveLength(1_000_000);
    expect(await titles('q=many')).toEqual(['Many']);
  });
});

import { temporaryFolder } from '@app/testing';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileTransport } from './file.transport.js';
import { composeMail } from './mail.js';

describe('FileTransport', () => {
  let folder: ReturnType<typeof temporaryFolder>;

  beforeEach(() => {
    folder = temporaryFolder('mail');
  });

  afterEach(() => folder.remove());

  const mail = (message_id: string) =>
    composeMail({ to: ['ann@test.org'], subject: 'S', text: 'T', message_id }, 'a@test.org');

  it('keeps a mail as one file however often it is delivered', async () => {
    const transport = new FileTransport(join(folder.path, 'mail'));
    const delivery = await transport.deliver(await mail('0198/send@test'));
    await transport.deliver(await mail('0198/send@test'));
    expect(delivery).toMatchObject({ kind: 'accepted', accepted: ['ann@test.org'] });
    const files = readdirSync(join(folder.path, 'mail'));
    expect(files).toEqual([expect.stringMatching(/^0198_send@test\.[0-9a-f]{8}\.eml$/)]);
    expect(readFileSync(join(folder.path, 'mail', files[0]!), 'utf8')).toContain('Message-ID: <0198/send@test>');
  });

  it('keeps mails apart whose ids look alike in a file name, and stays in its folder', async () => {
    const transport = new FileTransport(folder.path);
    for (const id of ['a/b@test', 'a_b@test', '../../a@test']) await transport.deliver(await mail(id));
    expect(readdirSync(folder.path)).toHaveLength(3);
  });

  it('says when it cannot write', async () => {
    expect(await new FileTransport('/dev/null/mail').deliver(await mail('m@test'))).toMatchObject({
      kind: 'unavailable',
    });
  });
});

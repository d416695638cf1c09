import type { CloudEvent } from '@app/contracts';
import { CloudEvent as SdkEvent, HTTP, type CloudEventV1 } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { MOST_EVENTS, readEvents } from './read-events.js';

const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };
const BATCH = { 'content-type': 'application/cloudevents-batch+json' };
const minimal = { specversion: '1.0', id: 'A234-1234-1234', source: '/mycontext', type: 'com.example.someevent' };

const structured = (event: unknown): CloudEvent[] => readEvents(STRUCTURED, Buffer.from(JSON.stringify(event)));
const batch = (events: unknown): CloudEvent[] => readEvents(BATCH, Buffer.from(JSON.stringify(events)));
function binary(headers: Record<string, string>, body: string | Buffer = ''): CloudEvent[] {
  const attributes = Object.fromEntries(Object.entries(minimal).map(([name, value]) => [`ce-${name}`, value]));
  return readEvents({ ...attributes, ...headers }, Buffer.from(body));
}
function fieldsOf(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    const { errors, code } = error as { errors?: { field: string }[]; code: string };
    return errors?.map(({ field }) => field) ?? [code];
  }
}

describe('a structured event', () => {
  it.each([
    // The examples of json-format.md §3.2.
    [
      {
        ...minimal,
        time: '2018-04-05T17:31:00Z',
        comexampleextension1: 'value',
        comexampleothervalue: 5,
        datacontenttype: 'text/xml',
        data: '<much wow="xml"/>',
      },
    ],
    [{ ...minimal, datacontenttype: 'application/vnd.apache.thrift.binary', data_base64: 'aGVsbG8=' }],
    [{ ...minimal, datacontenttype: 'application/json', data: { appinfoA: 'abc', appinfoB: 123, appinfoC: true } }],
    [{ ...minimal, data: 'just a text' }],
    [{ ...minimal, data: [1, null, { a: {} }] }],
    [
      {
        ...minimal,
        source: 'urn:event:from:myapi/resource/123',
        dataschema: 'https://example.com/schema',
        subject: '123',
      },
    ],
    [{ ...minimal, source: 'mailto:cncf-wg-serverless@lists.cncf.io', flag: false, count: -2_147_483_648 }],
    [{ ...minimal, time: '2018-04-05T17:31:00.123456+02:00', id: 'ü 😀' }],
  ])('is taken as it is: %j', (event) => expect(structured(event)).toEqual([event]));

  it('has no attribute that is null', () => {
    expect(structured({ ...minimal, subject: null, ext: null, data_base64: null })).toEqual([minimal]);
    expect(structured({ ...minimal, data: null })).toEqual([{ ...minimal, data: null }]);
  });

  it.each([
    [[], ['']],
    ['text', ['']],
    [{}, ['specversion', 'id', 'source', 'type']],
    [{ ...minimal, id: null }, ['id']],
    [{ ...minimal, id: '' }, ['id']],
    [{ ...minimal, id: 7 }, ['id']],
    [{ ...minimal, specversion: '0.3' }, ['specversion']],
    [{ ...minimal, specversion: 1 }, ['specversion']],
    [{ ...minimal, source: '' }, ['source']],
    [{ ...minimal, source: 'with space' }, ['source']],
    [{ ...minimal, source: '%zz' }, ['source']],
    [{ ...minimal, type: '' }, ['type']],
    [{ ...minimal, type: 'x'.repeat(256) }, ['type']],
    [{ ...minimal, subject: '' }, ['subject']],
    [{ ...minimal, time: 'yesterday' }, ['time']],
    [{ ...minimal, time: '2018-04-05' }, ['time']],
    [{ ...minimal, time: '2018-13-05T17:31:00Z' }, ['time']],
    [{ ...minimal, datacontenttype: 'json' }, ['datacontenttype']],
    [{ ...minimal, dataschema: '/relative' }, ['dataschema']],
    [{ ...minimal, 'com-example': 1 }, ['com-example']],
    [{ ...minimal, Upper: 'x' }, ['Upper']],
    [{ ...minimal, nested: { a: 1 } }, ['nested']],
    [{ ...minimal, fraction: 1.5 }, ['fraction']],
    [{ ...minimal, large: 2_147_483_648 }, ['large']],
    [{ ...minimal, data: 1, data_base64: 'aGVsbG8=' }, ['data_base64']],
    [{ ...minimal, data_base64: 'not base64' }, ['data_base64']],
    [{ ...minimal, toString: 'x' }, ['toString']],
  ])('is refused, with what is wrong: %j', (event, fields) =>
    expect(fieldsOf(() => structured(event))).toEqual(fields),
  );

  it('that is no JSON, no UTF-8 or cannot be stored is a bad request', () => {
    for (const body of ['{', '{"a":"\\u0000"}', Buffer.from([0x22, 0xff, 0x22])]) {
      expect(fieldsOf(() => readEvents(STRUCTURED, Buffer.from(body)))).toEqual(['BAD_REQUEST']);
    }
  });
});

describe('a binary event', () => {
  it.each([
    ['application/json', '{"a":[1]}', { data: { a: [1] } }],
    ['application/vnd.x+json; charset=utf-8', '1', { data: 1 }],
    ['text/xml', '<a/>', { data: '<a/>' }],
    ['text/plain', Buffer.from([0xff]), { data_base64: '/w==' }],
    ['application/octet-stream', 'raw', { data_base64: 'cmF3' }],
    ['application/json', '', {}],
  ])('has the body as its data: %s', (type, body, data) => {
    expect(binary({ 'content-type': type }, body)).toEqual([{ ...minimal, datacontenttype: type, ...data }]);
  });

  it('needs no body and no type of one', () => expect(binary({})).toEqual([minimal]));

  it.each([
    // The example of http-protocol-binding.md §3.1.3.2, and what else may come.
    ['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
    ['"quoted %22text%22"', 'quoted "text"'],
    ['"a \\"b\\""', 'a "b"'],
    ['100%', '100%'],
    ['plain', 'plain'],
  ])('reads the header %s as %s', (header, text) => {
    expect(binary({ 'ce-subject': header, 'ce-ext': header })).toEqual([{ ...minimal, subject: text, ext: text }]);
  });

  it.each([
    [{ 'ce-id': '' }, '', ['ce-id']],
    [{ 'ce-specversion': '0.3' }, '', ['ce-specversion']],
    [{ 'ce-time': 'now' }, '', ['ce-time']],
    [{ 'ce-subject': '%E2%82' }, '', ['ce-subject']],
    [{ 'ce-subject': '%00' }, '', ['ce-subject']],
    [{ 'ce-my-ext': 'x' }, '', ['ce-my-ext']],
    [{ 'ce-datacontenttype': 'text/plain' }, '', ['ce-datacontenttype']],
    [{ 'content-type': 'none' }, 'x', ['content-type']],
    [{ 'content-type': 'application/json' }, '{', ['BAD_REQUEST']],
  ])('is refused, with what is wrong: %j', (headers, body, fields) => {
    expect(fieldsOf(() => binary(headers, body))).toEqual(fields);
  });

  it('says which of its attributes are missing', () => {
    expect(fieldsOf(() => readEvents({ 'ce-specversion': '1.0', 'ce-type': 't' }, Buffer.alloc(0)))).toEqual([
      'ce-id',
      'ce-source',
    ]);
  });
});

describe('a batch', () => {
  it('is a list of structured events, or an empty one', () => {
    const other = { ...minimal, id: 'b', data: 1 };
    expect(batch([minimal, other])).toEqual([minimal, other]);
    expect(batch([])).toEqual([]);
  });

  it('with a bad event is refused whole, with its place', () => {
    expect(fieldsOf(() => batch([minimal, { ...minimal, id: '' }, 7]))).toEqual(['[1].id', '[2]']);
    expect(fieldsOf(() => batch(minimal))).toEqual(['']);
    expect(fieldsOf(() => batch(Array.from({ length: MOST_EVENTS + 1 }, () => minimal)))).toEqual(['']);
  });
});

it.each([
  [{}],
  [{ 'content-type': 'application/json' }],
  [{ 'content-type': 'application/cloudevents+avro' }],
  [{ 'content-type': 'application/cloudevents' }],
])('what is no CloudEvent of ours is refused: %j', (headers) => {
  expect(fieldsOf(() => readEvents(headers, Buffer.from(JSON.stringify(minimal))))).toEqual(['UNSUPPORTED_MEDIA_TYPE']);
});

describe('what the official SDK writes', () => {
  const made: Partial<CloudEventV1<unknown>>[] = [
    { ...minimal, data: { a: 1 }, datacontenttype: 'application/json', time: '2020-01-01T00:00:00.000Z' },
    {
      ...minimal,
      data: 'text',
      datacontenttype: 'text/plain',
      time: '2020-01-01T00:00:00.000Z',
      subject: 's',
      ext: 'x',
    },
  ];
  it.each(made)('is read as it was meant: %j', (event) => {
    for (const mode of [HTTP.structured, HTTP.binary]) {
      const { headers, body } = mode(new SdkEvent(event));
      const lower = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
      );
      expect(readEvents(lower, Buffer.from(body as string))).toEqual([event]);
    }
  });
});

import { readFileSync } from 'node:fs';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let document: OpenAPIObject;

beforeAll(async () => {
  gateway = await TestGateway.start();
  document = (await gateway.request({ method: 'GET', url: '/docs/openapi.json' })).body;
});
afterAll(() => gateway.stop());

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1 without the words of 3.0', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(JSON.stringify(document)).not.toContain('"nullable"');
  });

  it('is the one that is checked in: otherwise `make generate`', () => {
    expect(JSON.parse(readFileSync('docs/openapi.json', 'utf8'))).toEqual(document);
  });

  it('has every route', () => {
    const handlers = [...gateway.app.get(ModulesContainer).values()]
      .flatMap(({ controllers }) => [...controllers.values()])
      .filter(({ name }) => name !== 'DocsController' && name !== 'PagesController')
      .flatMap(({ metatype }) => Object.values(Object.getOwnPropertyDescriptors(metatype?.prototype ?? {})))
      .filter(({ value }) => typeof value === 'function' && Reflect.hasMetadata(METHOD_METADATA, value))
      .filter(({ value }) => Reflect.getMetadata(METHOD_METADATA, value) !== RequestMethod.ALL);
    const described = Object.values(document.paths).flatMap((item) => Object.keys(item));
    expect(described.length).toBeGreaterThanOrEqual(handlers.length);
  });

  it('says what asks for a token or a key with a scope, as the guard does', () => {
    expect(document.paths['/api/v1/auth/login']?.post?.security).toEqual([]);
    expect(document.paths['/api/v1/auth/sessions']?.get?.security).toEqual([{ 'access token': [] }]);
    expect(document.paths['/api/v1/auth/me']?.get?.security).toEqual([
      { 'access token': [] },
      { 'API key': ['profile:read'] },
    ]);
    expect(Object.keys(document.components?.securitySchemes ?? {})).toEqual(['access token', 'API key']);
  });

  it('has types, rules and comments from the DTOs', () => {
    const { RegisterDto, UserDto, Problem } = document.components?.schemas ?? {};
    expect(RegisterDto).toMatchObject({
      required: ['email', 'password', 'name'],
      properties: { email: { type: 'string', format: 'email', maxLength: 254 } },
    });
    expect(UserDto).toMatchObject({
      properties: { email_verified_at: { type: ['string', 'null'], format: 'date-time' } },
    });
    expect(UserDto).not.toHaveProperty('properties.password');
    expect(Problem).toMatchObject({ required: expect.arrayContaining(['code', 'request_id']) });
  });

  it('refers to nothing that is not there', () => {
    const references = JSON.stringify(document).match(/#\/components\/schemas\/[^"]+/g) ?? [];
    expect(references.length).toBeGreaterThan(5);
    for (const reference of new Set(references)) {
      expect(document.components?.schemas).toHaveProperty([reference.split('/').at(-1) ?? '']);
    }
  });

  it('describes paged lists', () => {
    const list = document.paths['/api/v1/auth/sessions']?.get;
    const names = list?.parameters?.map((parameter) => ('name' in parameter ? parameter.name : ''));
    expect(names).toEqual(['page', 'limit', 'cursor']);
    expect(JSON.stringify(list?.responses['200'])).toContain('#/components/schemas/SessionDto');
  });
});

describe('/docs', () => {
  it('shows Swagger UI, whose files come from here', async () => {
    const page = await gateway.request({ method: 'GET', url: '/docs' });
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    const assets = String(page.body).match(/(?:src|href)="([^"]+)"/g) ?? [];
    expect(assets).toHaveLength(4);
    for (const asset of assets) {
      const url = asset.split('"')[1] ?? '';
      expect((await gateway.request({ method: 'GET', url })).status, url).toBe(200);
    }
  });

  it.each(['package.json', 'index.js', '..%2fpackage.json', '%2e%2e'])('serves nothing else: %s', async (asset) => {
    expect((await gateway.request({ method: 'GET', url: `/docs/${asset}` })).status).toBe(404);
  });
});

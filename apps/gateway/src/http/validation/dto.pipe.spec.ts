import 'reflect-metadata';
import { ExecuteWorkflowDto, PageQuery, RegisterDto } from '@app/contracts';
import type { ArgumentMetadata, Type } from '@nestjs/common';
import { Type as Nested } from 'class-transformer';
import { IsArray, IsString, ValidateNested } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { DtoPipe } from './dto.pipe.js';

class StepDto {
  @IsString()
  url: string;
}

class StepsDto {
  @IsArray()
  @ValidateNested({ each: true })
  @Nested(() => StepDto)
  steps: StepDto[];
}

const pipe = new DtoPipe();

async function read(metatype: Type, value: unknown, type: ArgumentMetadata['type'] = 'body'): Promise<unknown> {
  return pipe.transform(value, { type, metatype });
}

function refused(...fields: string[]): object {
  return { code: 'VALIDATION_FAILED', errors: fields.map((field) => expect.objectContaining({ field })) };
}

describe('DtoPipe', () => {
  it('refuses what the DTO does not know', async () => {
    const body = { email: 'ada@example.com', password: 'x', name: 'Ada', roles: ['admin'] };
    await expect(read(RegisterDto, body)).rejects.toMatchObject(refused('roles'));
  });

  it('refuses what every object has a member of that name for', async () => {
    const body = { email: 'ada@example.com', password: 'x', name: 'Ada', toString: 1, constructor: null };
    await expect(read(RegisterDto, body)).rejects.toMatchObject(refused('constructor'));
    const { constructor: _, ...rest } = body;
    await expect(read(RegisterDto, rest)).rejects.toMatchObject(refused('toString'));
    await expect(read(PageQuery, { valueOf: '1' }, 'query')).rejects.toMatchObject(refused('valueOf'));
    await expect(read(Object, body)).resolves.toBe(body);
  });

  it('refuses them in nested objects by their path, and leaves them in what is taken as it comes', async () => {
    const step = { url: 'a', toString: 1, hasOwnProperty: { a: 1 } };
    await expect(read(StepsDto, { steps: [{ url: 'b' }, step] })).rejects.toMatchObject(
      refused('steps[1].toString', 'steps[1].hasOwnProperty'),
    );
    const data = JSON.parse('{"valueOf": 1, "a": [{"toString": 2}]}') as object;
    await expect(read(ExecuteWorkflowDto, { input: data })).resolves.toEqual({ input: data });
  });

  it('refuses by its path what Nest would delete wherever it is', async () => {
    const input = '{"input": {"constructor": "x", "list": [{"__proto__": {}, "prototype": 1}]}}';
    await expect(read(ExecuteWorkflowDto, JSON.parse(input))).rejects.toMatchObject(
      refused('input.constructor', 'input.list[0].__proto__', 'input.list[0].prototype'),
    );
    const steps = JSON.parse('{"steps": [{"url": "a", "constructor": 1}]}') as object;
    await expect(read(StepsDto, steps)).rejects.toMatchObject(refused('steps[0].constructor'));
  });

  it('names nested fields by their JSON path', async () => {
    const body = { steps: [{ url: 'a' }, { url: 1 }, { url: 'b', more: 1 }] };
    await expect(read(StepsDto, body)).rejects.toMatchObject(refused('steps[1].url', 'steps[2].more'));
  });

  it('tells one mistake per field, the first rule of the DTO', async () => {
    const body = { email: 'ada@example.com', password: 5, name: 'Ada' };
    const errors = [{ field: 'password', message: 'must be a string' }];
    await expect(read(RegisterDto, body)).rejects.toMatchObject({ errors });
  });

  it('names what is missing when there is no body', async () => {
    await expect(read(RegisterDto, undefined)).rejects.toMatchObject(refused('email', 'password', 'name'));
  });

  it.each([[[]], [[{}]], ['text'], [5], [null], [true]])('refuses the body %j', async (body) => {
    await expect(read(RegisterDto, body)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('converts nothing in a body', async () => {
    await expect(read(PageQuery, { page: true })).rejects.toMatchObject(refused('page'));
    await expect(read(RegisterDto, { email: ['ada@example.com'], password: 'x', name: 'A' })).rejects.toMatchObject(
      refused('email'),
    );
  });
});

describe('a page in a query', () => {
  it('has defaults and reads whole numbers', async () => {
    expect(await read(PageQuery, {}, 'query')).toEqual({ page: 1, limit: 20 });
    expect(await read(PageQuery, { page: '2', limit: '100' }, 'query')).toEqual({ page: 2, limit: 100 });
  });

  it.each(['', ' 2', '0', '101', '-1', '1.5', '0x10', '1e1', 'two', 'NaN'])('refuses %j', async (limit) => {
    await expect(read(PageQuery, { limit }, 'query')).rejects.toMatchObject(refused('limit'));
  });

  it('refuses a field that is sent twice', async () => {
    await expect(read(PageQuery, { limit: ['1', '2'] }, 'query')).rejects.toMatchObject(refused('limit'));
  });
});

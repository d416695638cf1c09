import { conflict, newId, notFound, type CreateSecretDto, type PageQuery, type SecretDto } from '@app/contracts';
import { isUniqueViolation, Secret } from '@app/database';
import { KeyRing, openSecret, sealSecret } from '@app/security';
import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan, type Repository } from 'typeorm';
import type { ExpectedVersions } from '../http/if-match.decorator.js';
import { decodeCursor, pageOf, type Page } from '../http/paging.js';
import { problem } from '../http/problems/problem.js';
import { toSecret } from './to-secret.js';

/** What a user's definitions refer to as `secrets.<name>`. Values come in and stay. */
@Injectable()
export class SecretsService {
  private readonly secrets: Repository<Secret>;

  constructor(
    dataSource: DataSource,
    private readonly ring: KeyRing,
  ) {
    this.secrets = dataSource.getRepository(Secret);
  }

  /** By name. */
  async list(userId: string, query: PageQuery): Promise<Page<SecretDto>> {
    const { cursor, page, limit } = query;
    const after = cursor === undefined ? undefined : decodeCursor(cursor, isSecretKey)[0];
    const rows = await this.secrets.find({
      where: { user_id: userId, ...(after !== undefined && { name: MoreThan(after) }) },
      order: { name: 'ASC' },
      skip: after === undefined ? (page - 1) * limit : 0,
      take: limit + 1,
    });
    const total = after === undefined ? await this.secrets.countBy({ user_id: userId }) : undefined;
    return pageOf(rows.map(toSecret), query, total, ({ name }) => [name]);
  }

  /** @throws AppError CONFLICT when the name is taken */
  async create(userId: string, { name, value }: CreateSecretDto): Promise<SecretDto> {
    const sealed = sealSecret(this.ring, { userId, name }, value);
    try {
      await this.secrets.insert({ id: newId(), user_id: userId, name, value: sealed });
    } catch (error) {
      if (isUniqueViolation(error, 'secrets_name'))
        throw conflict(`There is a secret '${name}' already: PUT its value.`);
      throw error;
    }
    return this.find(userId, name);
  }

  /** @throws AppError NOT_FOUND, PRECONDITION_FAILED */
  async replace(userId: string, name: string, value: string, expected: ExpectedVersions): Promise<SecretDto> {
    const { affected } = await this.secrets
      .createQueryBuilder()
      .update()
      .set({ value: sealSecret(this.ring, { userId, name }, value), version: () => 'version + 1' })
      .where('user_id = :userId AND name = :name', { userId, name })
      .andWhere('(CAST(:expected AS int[]) IS NULL OR version = ANY (:expected))', { expected: expected ?? null })
      .execute();
    const secret = await this.find(userId, name);
    if (affected !== 1) throw problem('PRECONDITION_FAILED');
    return secret;
  }

  /** @throws AppError NOT_FOUND, PRECONDITION_FAILED */
  async remove(userId: string, name: string, expected: ExpectedVersions): Promise<void> {
    const { affected } = await this.secrets
      .createQueryBuilder()
      .delete()
      .where('user_id = :userId AND name = :name', { userId, name })
      .andWhere('(CAST(:expected AS int[]) IS NULL OR version = ANY (:expected))', { expected: expected ?? null })
      .execute();
    if (affected === 1) return;
    await this.find(userId, name);
    throw problem('PRECONDITION_FAILED');
  }

  exists(userId: string, name: string): Promise<boolean> {
    return this.secrets.existsBy({ user_id: userId, name });
  }

  /** The value of a secret that was read from its row. */
  open(userId: string, name: string, sealed: string): string {
    return openSecret(this.ring, { userId, name }, sealed);
  }

  private async find(userId: string, name: string): Promise<SecretDto> {
    const secret = await this.secrets.findOneBy({ user_id: userId, name });
    if (secret === null) throw notFound('secret');
    return toSecret(secret);
  }
}

function isSecretKey(key: unknown): key is [string] {
  return Array.isArray(key) && key.length === 1 && typeof key[0] === 'string' && !key[0].includes('\0');
}

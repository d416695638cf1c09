import { isId, notFound } from '@app/contracts';
import type { PipeTransform } from '@nestjs/common';

/** An id from the address. What is no id names nothing: 404, without asking the database. */
export class ResourceId implements PipeTransform<string, string> {
  /** @param what the resource, as the 404 calls it */
  constructor(private readonly what: string) {}

  transform(id: string): string {
    if (isId(id)) return id;
    throw notFound(this.what);
  }
}

import { isId } from '@app/contracts';
import { Injectable, type PipeTransform } from '@nestjs/common';
import { problem } from '../problems/problem.js';

/** An id in a path. What is no id names nothing, so it is answered 404 before PostgreSQL chokes on it. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (isId(value)) return value;
    throw problem('NOT_FOUND');
  }
}

import { Injectable, type PipeTransform } from '@nestjs/common';
import { problem } from '../problems/problem.js';

/** A version in a path. What is no whole number names no version. */
@Injectable()
export class VersionNumberPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    if (/^\d{1,9}$/.test(value)) return Number(value);
    throw problem('NOT_FOUND');
  }
}

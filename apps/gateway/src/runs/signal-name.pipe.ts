import { validationFailed } from '@app/contracts';
import { isSignalName } from '@app/definition';
import { Injectable, type PipeTransform } from '@nestjs/common';

/** The name of a signal in a path, as `wait.signal` takes it. */
@Injectable()
export class SignalNamePipe implements PipeTransform<string, string> {
  /** @throws AppError VALIDATION_FAILED */
  transform(name: string): string {
    if (isSignalName(name)) return name;
    const message = 'must start with a letter or digit and hold at most 128 of A-Z, a-z, 0-9, _, . and -';
    throw validationFailed([{ field: 'name', message }]);
  }
}

import 'reflect-metadata';
import { CommandFactory } from 'nest-commander';
import { CliModule } from './cli.module.js';
import { explainFailure } from './explain-failure.js';

/** 0: done. 1: it failed, and standard error says why. */
function fail(error: unknown): void {
  process.stderr.write(`${explainFailure(error)}\n`);
  process.exitCode = 1;
}

await CommandFactory.run(CliModule, {
  cliName: 'biometrics',
  serviceErrorHandler: fail,
}).catch(fail);

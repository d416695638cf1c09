import 'reflect-metadata';
import { demo } from './demo.js';
import { DemoError } from './demo.error.js';
import { demoOptions, usage } from './options.js';

/** A mistake that a person can mend is one sentence; anything else is a bug and keeps its stack. */
try {
  const options = demoOptions(process.argv.slice(2), process.env);
  if (options === undefined) console.log(usage);
  else process.exitCode = (await demo(options)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof DemoError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

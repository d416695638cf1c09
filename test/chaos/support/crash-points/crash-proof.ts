import { temporaryFolder, testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import type { CrashPoint } from '../../../../apps/workflow/src/crash-points/crash-points.service.js';
import { DirectRuns, type Ended } from '../direct-runs.js';
import { configOf, effects, stepsOf, type Effect } from '../effect-classes.js';
import { EffectReceiver } from '../effect-receiver.js';
import { bundleEngine } from '../engine-alone/bundle-engine.js';
import { EngineRelay, type Death } from '../engine-alone/engine-relay.js';
import { Laps } from './laps.js';
import { expectLeft, outcomeOf, type Kind } from './outcomes.js';
import { endsAt, type Round } from './rounds.js';

/** However busy the machine is, no call takes that long. Nobody waits for it: `EngineRelay` lets it pass. */
const CALL_MS = 30_000;

/** A database, a receiver, and engines that end in it; what becomes of each run is a line of the table. */
export class CrashProof {
  readonly table: string[] = [];
  readonly shown = new Set<CrashPoint>();
  rounds = 0;
  private constructor(
    readonly pool: Pool,
    readonly runs: DirectRuns,
    readonly engines: EngineRelay,
    readonly laps: Laps,
    private readonly receiver: EffectReceiver,
    private readonly workflows: ReadonlyMap<Effect, string>,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  static async start(): Promise<CrashProof> {
    const folder = temporaryFolder('engine');
    const [engine, database] = await Promise.all([bundleEngine(folder.path), testDatabase()]);
    const pool = new Pool({ connectionString: database.url, max: 4 });
    const receiver = new EffectReceiver();
    await receiver.start();
    const runs = new DirectRuns(pool);
    await runs.createOwner();
    const workflows = await workflowsOf(runs, receiver);
    const laps = new Laps();
    const engines = new EngineRelay(pool, engine, environment(folder.path, database), laps);
    await engines.start(async () => runs.endOf(await runs.accept(workflows.get('keyed')!)));
    laps.begin();
    const cleanUp = async (): Promise<void> => {
      await engines.close();
      receiver.stop();
      await pool.end();
      await database.drop();
      folder.remove();
    };
    return new CrashProof(pool, runs, engines, laps, receiver, workflows, cleanUp);
  }

  async close(): Promise<void> {
    process.stdout.write(`${['point#pass, class: outcome', ...this.table].join('\n  ')}\n`);
    await this.cleanUp();
  }

  /**
   * Has processes end, and the survivor go on.
   * @param place what the round is about, where the last of them ends
   * @param deaths in stages, see `EngineRelay`
   * @param compare tells what became of which runs
   */
  async round(
    place: string,
    deaths: readonly (readonly Death[])[],
    compare: () => Promise<readonly string[]>,
  ): Promise<void> {
    await this.engines.interrupt(deaths);
    for (const outcome of await compare()) this.table.push(`${place}, ${outcome}`);
    this.shown.add(place.slice(0, place.indexOf('#')) as CrashPoint);
    this.rounds += 1;
  }

  /** Processes that each have runs of some classes, and end one after the other; the last one may have those of the others. */
  async ofClasses(stages: readonly (readonly Round[])[]): Promise<void> {
    const accepted: [effect: Effect, runId: string][] = [];
    const deaths = stages.map((stage) => stage.map((round) => this.death(round, (ids) => accepted.push(...ids))));
    await this.round(stages.at(-1)!.at(-1)!.place, deaths, async () => {
      const outcomes: string[] = [];
      for (const [effect, runId] of accepted) {
        const ended = await this.endOf(runId);
        const outcome = (): Promise<string> => outcomeOf(effect, runId, ended, this.receiver, this.pool);
        outcomes.push(`${effect}: ${await this.laps.of('comparison', outcome)}`);
      }
      return outcomes;
    });
  }

  /** The run when the survivor has come to its end. */
  endOf(runId: string): Promise<Ended> {
    return this.laps.of('recovery', () => this.runs.endOf(runId));
  }

  /** What a process must have left of runs that it had at a place: see `expectLeft`. */
  left(place: string, runs: readonly (readonly [Kind, string])[]): Promise<void> {
    return expectLeft(this.pool, this.receiver, place, runs);
  }

  private death(round: Round, took: (runs: [Effect, string][]) => void): Death {
    const { place, classes } = round;
    let runs: [Effect, string][] = [];
    const given = async (): Promise<void> => {
      const ids = await this.runs.acceptAll(classes.map((effect) => this.workflows.get(effect)!));
      runs = classes.map((effect, index) => [effect, ids[index]!]);
      took(runs);
    };
    return {
      place: endsAt(round),
      together: round.runs ?? classes.length,
      ...(classes.length > 0 && { given }),
      left: () => this.left(place, runs),
    };
  }
}

/** One for each class, whose calls go where the run is counted. */
async function workflowsOf(runs: DirectRuns, receiver: EffectReceiver): Promise<Map<Effect, string>> {
  const url = `${receiver.url}/{{ run.id }}`;
  const workflow = await runs.createWorkflow([{ id: 'y', type: 'transform', config: { expression: 'input.n * 2' } }]);
  const workflows = new Map<Effect, string>();
  for (const effect of effects) {
    const steps = stepsOf[effect]({ workflow, url, callMs: CALL_MS });
    workflows.set(effect, await runs.createWorkflow(steps, configOf(effect)));
  }
  return workflows;
}

function environment(folder: string, database: TestDatabase): Readonly<Record<string, string>> {
  return {
    ENVIRONMENT: 'test',
    BIOMETRICS_DATA_DIR: folder,
    // Without it the library of Unicode looks through the zones of the machine for its own.
    TZ: 'UTC',
    HEALTH_PORT: '0',
    METRICS_PORT: '0',
    DATABASE_URL: database.url,
    EGRESS_ALLOW: '127.0.0.1/32',
    ENGINE_POLL_MS: '20',
    // It is over when the test says so.
    ENGINE_LEASE_MS: '600000',
  };
}

import { DatabaseConfig } from '@app/config';
import { testDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ReplicaLease, type LeaseOptions } from './replica-lease.js';
import { declareDeadSql } from './replicas.sql.js';

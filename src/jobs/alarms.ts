import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import type { AlarmKind } from '#domain/alarm.ts';
import { endAlarm, raiseAlarm } from '#store/alarm.ts';
import type { Keys } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { findAlarmStates, listWatchedShops } from '#views/alarm-state.ts';
import type { Job } from './runner.ts';

export interface AlarmsJobOptions {
  readonly pool: Pool;
  readonly db: Kysely<Database>;
  readonly keys: Keys;
  /** Scheme and host of the back office. */
  readonly publicUrl: string;
  readonly now: () => number;
}

/** Where somebody who is told looks first. */
const screens: Readonly<Record<AlarmKind, string>> = {
  silent: 'tracker',
  errors: 'verification',
  old_key: 'tracker#keys',
  store: 'tracker#connections',
};

/** Tells people by mail, once, that a shop fell silent, that errors come in a wave, that an old key is still used, or that a store ended its deliveries. */
export function alarmsJob({ pool, db, keys, publicUrl, now }: AlarmsJobOptions): Job {
  return {
    name: 'alarms',
    schedule: '*/5 * * * *',
    async run() {
      for (const shopId of await listWatchedShops(db)) {
        for (const { kind, standing, figure } of await findAlarmStates(db, shopId, now())) {
          if (figure === null && standing) await endAlarm(pool, shopId, kind);
          if (figure === null || standing) continue;
          const url = `${publicUrl}/shops/${shopId}/${screens[kind]}`;
          await raiseAlarm(pool, keys, { shopId, kind, figure, url }, now());
        }
      }
    },
  };
}

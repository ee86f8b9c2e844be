import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readLegacy } from './testing/legacy-call.ts';
import { arrivalOrders, differences, type Scenario } from './testing/scenario-check.ts';
import type { Step } from './testing/scenario-facts.ts';
import { ScenarioShop } from './testing/scenario-shop.ts';

const scenarios: readonly Scenario[] = JSON.parse(
  readFileSync(new URL('./fixtures/scenarios.json', import.meta.url), 'utf8'),
);

describe('scenarios', () => {
  for (const scenario of scenarios) {
    it(`${scenario.id}: ${scenario.title} (${scenario.rule})`, () => {
      for (const steps of arrivalOrders(scenario)) {
        const shop = new ScenarioShop(scenario.shop, readLegacy);
        for (const step of scenario.before ?? []) deliver(shop, step, step.arrives);
        steps.forEach((step, place) => {
          deliver(shop, step, scenario.steps[place]?.arrives ?? step.arrives);
        });
        expect(differences(shop, scenario.expect)).toEqual([]);
      }
    });
  }
});

function deliver(shop: ScenarioShop, step: Step, arrives: string): void {
  const outcome = shop.deliver(step, arrives);
  const { word, reason } = step.outcome ?? {};
  const said = `${step.via} ${JSON.stringify(step.data)}`;
  if (word !== undefined) expect(outcome.word, said).toBe(word);
  if (reason !== undefined) expect(outcome.reasons, said).toContain(reason);
}

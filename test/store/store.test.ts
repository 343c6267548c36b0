import { engines } from '../support/engines.ts';
import { exerciseStore } from './exercise-store.ts';
import { openFresh } from './open-fresh.ts';

for (const engine of engines()) exerciseStore(engine, () => openFresh(engine));

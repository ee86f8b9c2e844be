/** Random tests of `npm test` draw the same cases each time; `npm run test:long` draws new ones. */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_125 });

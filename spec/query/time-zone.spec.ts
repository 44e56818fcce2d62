import { expect } from 'chai';
import { UsageError } from '../../lib/errors.js';
import { parseTimeZone } from '../../lib/query/time-zone.js';

describe('parseTimeZone', () => {
  it('knows the names of the IANA database', () => {
    expect(parseTimeZone('Europe/Berlin')).to.equal('Europe/Berlin');
    expect(parseTimeZone('utc')).to.equal('UTC');
  });

  it('says which zone may have been meant', () => {
    expect(() => parseTimeZone('berlin')).to.throw(
      UsageError,
      /^--time-zone: there is no time zone "berlin"; did you mean Europe\/Berlin\?$/,
    );
    expect(() => parseTimeZone('')).to.throw(UsageError, /give one such as Europe\/Berlin or UTC/);
  });
});

import { expect } from 'chai';
import { nearestNames } from '../../lib/query/nearest.js';

const names = ['api.latency', 'api.errors', 'db.query', 'disk_used', 'disk_free', 'jobs'];

describe('nearestNames', () => {
  it('finds a name with letters swapped, missing or wrong', () => {
    for (const wanted of ['api.latnecy', 'api.latncy', 'api.latenzy', 'API.Latency']) {
      expect(nearestNames(wanted, names)[0], wanted).to.equal('api.latency');
    }
  });

  it('finds names that contain the text, or are contained in it', () => {
    expect(nearestNames('disk', names)).to.deep.equal(['disk_free', 'disk_used']);
    expect(nearestNames('nightly.jobs', names)).to.include('jobs');
  });

  it('finds a name of which parts were left out', () => {
    expect(nearestNames('api.latncy', ['api.request.latency', 'api.errors'])).to.deep.equal([
      'api.request.latency',
    ]);
  });

  it('looks through the wildcards of a pattern', () => {
    expect(nearestNames('db.qery*', names)).to.deep.equal(['db.query']);
  });

  it('gives three at most, each once, and none where none is near', () => {
    expect(nearestNames('a', ['ab', 'ac', 'ad', 'ae', 'ab'])).to.deep.equal(['ab', 'ac', 'ad']);
    expect(nearestNames('completely.else', names)).to.deep.equal([]);
  });
});

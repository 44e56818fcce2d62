import { Script } from 'node:vm';
import { expect } from 'chai';
import { readAssets } from '../../../lib/report/html/assets.js';

describe('readAssets', () => {
  it('joins the scripts of the page into one that reads without imports', () => {
    const { pageScript, chartScript, chartStyle } = readAssets();
    // A name that comes twice, or an import that is left, is a syntax error.
    expect(() => new Script(pageScript)).not.to.throw();
    expect(pageScript)
      .to.contain('function chartElement')
      .and.not.to.match(/^(?:import|export)\b/m);
    expect(chartScript).to.contain('uPlot');
    expect(chartStyle).to.contain('.uplot');
  });
});

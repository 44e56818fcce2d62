#!/usr/bin/env node
void import('../lib/cli/probe-program.js').then(({ probeProgram }) => probeProgram());

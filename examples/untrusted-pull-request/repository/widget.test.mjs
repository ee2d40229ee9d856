import assert from 'node:assert/strict';
import { test } from 'node:test';
import { widget } from './widget.mjs';

test('a widget is for somebody', () => {
  assert.equal(widget('you'), 'A WIDGET FOR YOU!');
});

import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { withPalette } from '../../golden/picture/palette-png.ts';

/** Three by five pixels in red, blue and white. Each row has another filter. */
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAAFCAIAAAAPE8H1AAAAKUlEQVR4nGP4zwAE/4GAEchiBLEYmBhggLnh///GRoaGRkYWRpAcSAUAuGMPhmHPgk8AAAAASUVORK5CYII=';

test('withPalette: the pixels of a picture stay the same, whatever the filters of its rows', () => {
  const small = withPalette(Buffer.from(PICTURE, 'base64'));
  const data = (kind: string) => {
    const at = small.indexOf(kind);
    return small.subarray(at + 4, at + 4 + small.readUInt32BE(at - 4));
  };
  expect([...data('IHDR')]).toEqual([0, 0, 0, 3, 0, 0, 0, 5, 8, 3, 0, 0, 0]);
  expect(data('PLTE').toString('hex')).toBe('0000ffff0000ffffff');
  const [blue, red, white] = [0, 1, 2];
  expect([...inflateSync(data('IDAT'))]).toEqual(
    [
      [red, blue, white],
      [red, blue, white],
      [red, blue, white],
      [white, blue, red],
      [blue, white, red],
    ].flatMap((row) => [0, ...row]),
  );
});

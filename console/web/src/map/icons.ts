/** Icons of the map, drawn once on a canvas: the alarms' shapes as in the queue, people, stations, hatching (draws). */

const ACTION = '#1d4b8f';
const RATIO = 2;

interface Icon {
  name: string;
  image: ImageData;
}

type Pen = CanvasRenderingContext2D;

export const ICON_RATIO = RATIO;

/** All icons by name; an empty list where there is no canvas to draw on. */
export function icons(): Icon[] {
  const found = [
    draw('alarm-1', 28, (pen) => alarm(pen, '#c8102e', (to) => (to.moveTo(14, 7), to.lineTo(21, 20), to.lineTo(7, 20), to.closePath()), '#ffffff')),
    draw('alarm-2', 28, (pen) => alarm(pen, '#f2b100', (to) => (to.moveTo(14, 6), to.lineTo(21, 14), to.lineTo(14, 22), to.lineTo(7, 14), to.closePath()), '#16202c')),
    draw('alarm-3', 28, (pen) => alarm(pen, '#2399b5', (to) => to.arc(14, 14, 6.5, 0, 2 * Math.PI), '#16202c')),
    draw('free', 20, (pen) => disc(pen, ACTION, '#ffffff')),
    draw('busy', 20, (pen) => disc(pen, '#ffffff', ACTION)),
    draw('station', 20, (pen) => station(pen, '#46525f')),
    draw('station-shut', 20, (pen) => station(pen, '#a3abb5')),
    draw('hatch', 10, (pen) => hatch(pen, 'rgba(35,42,51,0.62)', 2.2)),
    draw('hatch-slow', 10, (pen) => hatch(pen, 'rgba(35,42,51,0.34)', 1.2)),
    ...[1, 2, 3, 4, 5].map((digit) => draw(`digit-${digit}`, 26, (pen) => numbered(pen, digit))),
  ];
  return found.filter((one) => one !== null);
}

function draw(name: string, size: number, paint: (pen: Pen) => void): Icon | null {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size * RATIO;
  const pen = canvas.getContext('2d');
  if (pen === null) return null;
  pen.scale(RATIO, RATIO);
  paint(pen);
  return { name, image: pen.getImageData(0, 0, canvas.width, canvas.height) };
}

function alarm(pen: Pen, ground: string, shape: (to: Pen) => void, ink: string): void {
  pen.fillStyle = ground;
  pen.strokeStyle = '#ffffff';
  pen.lineWidth = 2;
  pen.beginPath();
  pen.roundRect(1.5, 1.5, 25, 25, 4);
  pen.fill();
  pen.stroke();
  pen.fillStyle = ink;
  pen.beginPath();
  shape(pen);
  pen.fill();
}

function disc(pen: Pen, fill: string, edge: string): void {
  pen.beginPath();
  pen.arc(10, 10, 7, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
  pen.lineWidth = 2.6;
  pen.strokeStyle = edge;
  pen.stroke();
}

function numbered(pen: Pen, digit: number): void {
  pen.beginPath();
  pen.arc(13, 13, 11, 0, 2 * Math.PI);
  pen.fillStyle = ACTION;
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = '#ffffff';
  pen.stroke();
  pen.fillStyle = '#ffffff';
  pen.font = '600 15px system-ui, sans-serif';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(String(digit), 13, 13.8);
}

function station(pen: Pen, fill: string): void {
  pen.fillStyle = fill;
  pen.strokeStyle = '#ffffff';
  pen.lineWidth = 1.6;
  pen.beginPath();
  pen.moveTo(10, 2.5);
  pen.lineTo(17.5, 9);
  pen.lineTo(17.5, 17);
  pen.lineTo(2.5, 17);
  pen.lineTo(2.5, 9);
  pen.closePath();
  pen.fill();
  pen.stroke();
  pen.fillStyle = '#ffffff';
  pen.fillRect(9.1, 8.2, 1.8, 6.4);
  pen.fillRect(6.8, 10.5, 6.4, 1.8);
}

function hatch(pen: Pen, ink: string, width: number): void {
  pen.strokeStyle = ink;
  pen.lineWidth = width;
  pen.beginPath();
  for (const shift of [-10, 0, 10]) {
    pen.moveTo(shift, 10);
    pen.lineTo(shift + 10, 0);
  }
  pen.stroke();
}

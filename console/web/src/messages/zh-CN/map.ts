/** The map. */
export const map = {
  'map.title': '地图',
  'map.summary': '{beds} 个床位，{responders} 名在岗响应人员，{incidents} 起未结束的报警。床位也列在右侧床位板中。',
  'map.zoomIn': '放大',
  'map.zoomOut': '缩小',
  'map.all': '显示全部',
  'map.bed': '床位',
  'map.free': '响应人员',
  'map.busy': '任务中',
  'map.ring': '{n}分钟',
  'map.ringBasis': '{n}分钟（直线估算）',
  'map.basis.urban': '圆圈：电动自行车，直线估算，不是实际路网',
  'map.basis.herding': '圆圈：汽车，山区便道，直线估算，不是实际路网',
  'map.basis.rural': '圆圈：汽车，直线估算，不是实际路网',
  'map.basis.none': '方格为距离网，距离按直线计算',
  'map.km': '{n} 公里',
  'map.metres': '{n} 米',
} as const;

/** What can be wrong with a dataset, or odd about it, by the kind of problem. */
export const DATASET_SENTENCES = {
  'problem.outside-root': '"{path}" leads outside the image folder',
  'problem.label-names': 'label {label} is called both "{one}" and "{other}"',
  'problem.class-name-empty': 'class {label} has an empty name, "{name}"',
  'problem.class-unknown.line':
    '"{line}" names the class "{name}", which the class list does not have',
  'problem.class-unknown.folder': 'classnames.txt has no name for the folder {folder}',
  'problem.class-unknown.no-folders':
    'images/{part} has no class folders, so its pictures have no class: sort them into a folder for each WordNet id, as in images/train',
  'problem.class-unknown.untrained': 'the folder {folder} is in {part} and not in train',
  'problem.missing': '"{path}" does not exist',
  'problem.case-mismatch': '"{path}" is spelled "{spelled}" on disk',
  'problem.unreadable': '"{path}" cannot be read as a picture: {reason}',
  'problem.enormous': '"{path}" cannot be read as a picture: {reason}',
  'problem.row-incomplete.picture': 'line {line} names no picture',
  'problem.row-incomplete.class': 'line {line} names no class',
  'problem.split-unknown.word':
    'line {line} has the split "{split}", which is none of train, val and test',
  'problem.split-unknown.none': 'line {line} names no split, and others do',
  'problem.changed': '"{path}" cannot be used: {reason}',
  'problem.label-gap':
    '{n} labels below {last} have no image and no name; the labels after them were counted down.',
  'problem.equal-class-names':
    'classes {one} and {other} have the same name "{name}", so no model can tell them apart: the second is never predicted',
  'problem.empty-class': 'class "{name}" has no images',
  'problem.empty-folder': 'folder "{name}" has no pictures and is no class',
  'problem.no-training-images': 'class "{name}" has no training images',
  'problem.one-class':
    'there is one class, so every prediction is right, and accuracy and attacks mean nothing',
  'problem.same-path': '"{path}" is in train and in test',
  'problem.same-bytes': '"{path}" in test has the same bytes as "{other}" in train',
  'problem.same-cluster': 'images of cluster "{cluster}" are in train and in test',
  'problem.look-alikes':
    '"{path}" in test looks like "{other}" in train ({bits} of 64 bits differ)',
  'problem.duplicate-entry': '"{path}" is listed twice in {split}',
  'problem.duplicate-entry.two-classes':
    '"{path}" is listed twice in {split}, in two classes, of which the first counts',
  'problem.duplicate-entry.line': 'line {line} lists "{path}" a second time, which counts once',
  'problem.junk.one': '1 hidden or system file passed over: {paths}',
  'problem.junk.several': '{n} hidden or system files passed over: {paths}',
  'problem.not-a-picture.one': '1 file that is no picture passed over: {paths}',
  'problem.not-a-picture.several': '{n} files that are no pictures passed over: {paths}',
  'problem.not-a-picture.link': '1 link that leads out of the folder passed over: {paths}',
  'problem.not-a-picture.links': '{n} links that lead out of the folder passed over: {paths}',
  'problem.without-class.one':
    '1 picture beside the class folders passed over, having no class: {paths}',
  'problem.without-class.several':
    '{n} pictures beside the class folders passed over, having no class: {paths}',
  'problem.without-class.folder':
    '1 folder beside those of train, val and test passed over: {paths}',
  'problem.without-class.folders':
    '{n} folders beside those of train, val and test passed over: {paths}',
  'problem.made-split':
    'there is no split, so one was made: {ratio} percent of each class for train, val and test, seed {seed}',
  'problem.made-split.lists':
    '{file} is not there, so a fifth of its training list became val: numbers cannot be compared with published ones',
  'problem.made-split.unpublished':
    '{file} is not there, so a split was made: numbers cannot be compared with published ones',
  'problem.val-as-test':
    'there is no test folder, so the pictures of the validation folder are the test',
  'problem.text-encoding':
    'the text is not UTF-8 and was read as {encoding}; check names with accents',
  'problem.text-encoding.names':
    'names such as "{name}" are not UTF-8 and were read as code page 437: check them, or unpack the archive yourself and give the folder',
  'problem.number-names.one':
    '1 class name is a number or a code ({some}), which says nothing to the text model: rename it',
  'problem.number-names.several':
    '{n} class names are numbers or codes ({some}), which say nothing to the text model: rename them',
  'problem.unread':
    '{n} pictures are listed and not read yet: damaged ones and duplicates are found by the check of this dataset ("fapt dataset check")',
  'problem.misnamed': '"{path}" is {type}, whatever its name says',
  'problem.animated': '"{path}" has {n} frames or pages, of which the first is used',
  'problem.cmyk': '"{path}" is CMYK and is converted to RGB',
  'problem.sixteen-bit': '"{path}" has 16 bits or more, reduced to 8',
  'problem.grey': '"{path}" is grey, and the same in all three channels',
  'problem.transparent': '"{path}" has transparency, which is dropped: what lies under it shows',
  'problem.rotated': '"{path}" is turned by its EXIF orientation, and used upright',
  'problem.expected-counts': 'there are {counts}, as the CoOp paper counts {name}',
  'problem.more': 'and {n} more like it',

  'count.classes': '{have} classes and not {paper}',
  'count.train': '{have} training images and not {paper}',
  'count.val': '{have} validation images and not {paper}',
  'count.test': '{have} test images and not {paper}',

  'remedy.leave-train-leaks':
    'takes out of train every image that is also in test, by path, content or cluster',
  'remedy.leave-out-look-alikes': 'takes out of train every image that looks like one in test',
  'remedy.leave-out-repeats': 'keeps the first of entries that a list has twice',
  'remedy.leave-out-broken':
    'takes out every image whose file is damaged, gone or another than at the import',
  'remedy.drop-untrained-classes':
    'drops every class without training images, with its test images',
  'remedy.merge-equal-names': 'makes one class of those that have the same name',

  'change.fixed': '{losses}: {remedy} {does}.',
  'change.edited': 'Edited: {edits}.',
  'change.copied': 'Copied from "{dataset}".',
  'change.located': 'Pictures are in {folder} now; {n} have other names there.',
  'edit.template': 'template "{template}"',
  'edit.classes': '{n} classes renamed',
  'loss.entry': '1 entry taken out',
  'loss.entries': '{n} entries taken out',
  'loss.class': '1 class fewer',
  'loss.classes': '{n} classes fewer',

  'picture.unknown': 'its content is no picture of a known format',
  'picture.heic': 'it is HEIC, the format of iPhones, whatever its name says: convert it to JPEG',
  'picture.to-png': 'it is {format}: convert it to PNG',
  'picture.empty': 'the file is empty',
  'picture.bytes': 'it has {size} MB, more than {most} MB',
  'picture.no-size': 'it has no width or height',
  'picture.side': 'it has {width} x {height} pixels, a side over {most}: make it smaller',
  'picture.pixels':
    'it has {width} x {height} pixels, more than {most} million pixels: make it smaller',
  'picture.gone': 'the file is not there',
  'picture.folder': 'it is a folder',
  'picture.damaged': 'it is damaged or cut off',
  'picture.forbidden': 'there is no permission to read it',
  'picture.deadly': 'the decoder dies of it',
  'picture.changed': 'its content is another than at the import',
} as const;

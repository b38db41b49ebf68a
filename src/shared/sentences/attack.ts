/** What is said of an attack: whether it did what a sound attack does. */
export const ATTACK_SENTENCES = {
  'sanity.ball': 'Largest distance {distance} of {epsilon}; pixels from {low} to {high}.',
  'sanity.ball.unchecked': 'The adversarial images were not measured.',
  'sanity.steps':
    '{fewer} of {n} images never fall in the shorter and {more} in the longer attack, against {attack}.',
  'sanity.steps.unchecked': 'No evaluation with another number of steps to compare with.',
  'sanity.steps.other-images': 'The other evaluation is about other images.',
  'sanity.last-step':
    'More steps change the accuracy at the last step by {rise} points (95 % {low} to {high}, n = {n}).',
  'sanity.noise':
    '{right} of {n} images are right under uniform noise of the same size, {attacked} under the attack.',
  'sanity.noise.unchecked': 'No image was tried with noise.',
  'sanity.noise.itself': 'This is the noise baseline itself.',
  'sanity.sweep.fall': 'All {n} images tried that the attack left right fall by eps {epsilon}.',
  'sanity.sweep.stand':
    '{right} of {n} images are right even at eps {epsilon}: the gradient may be hidden.',
  'sanity.sweep.none': 'The attack left no image right, so no larger ball was needed.',
  'sanity.sweep.unchecked': 'No larger ball was tried.',
  'sanity.gradients': '{zero} of {n} images have a gradient that is 0 everywhere.',
  'sanity.gradients.unchecked': 'Gradients were not looked at.',
  'sanity.gradients.none': 'This attack reads no gradient.',
  'sanity.black-box':
    'Square with {queries} queries leaves {black} of {n} images right, the attack {white}; {alone} fell to Square alone.',
  'sanity.black-box.unchecked': 'No black-box attack was tried.',
} as const;

package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplePictureTest {

  @Test
  void sampleIsTheSameEachTime() {
    assertThat(SamplePicture.DUSK.drawn().content())
        .isEqualTo(SamplePicture.DUSK.drawn().content());
  }

  @Test
  void sampleHasTheSizeThatItDeclares() {
    NewPicture sample = SamplePicture.NIGHT.drawn();

    NewPicture decoded = NewPicture.of(sample.name(), sample.content());

    assertThat(decoded).usingRecursiveComparison().isEqualTo(sample);
  }
}

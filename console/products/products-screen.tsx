import { Screen } from '../look/screen.tsx';
import { MapCourse } from './map-course.tsx';
import { MappingList } from './mapping-list.tsx';
import { EditProduct } from './edit-product.tsx';
import { ProductList } from './product-list.tsx';

export default function ProductsScreen() {
  return (
    <Screen
      title="Products"
      intro="What is sold: each product has keys of its own, and each course says whose keys its bookings get."
      actions={
        <>
          <MapCourse label="Map a course" />
          <EditProduct label="Add a product" button={{ variant: 'filled' }} />
        </>
      }
    >
      <ProductList />
      <MappingList />
    </Screen>
  );
}
